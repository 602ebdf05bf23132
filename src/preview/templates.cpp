#include "preview/texts.hpp"

namespace tidegate::preview {
namespace {

constexpr std::string_view k_status = R"(### Preview of pull request {{number}}

{{^wanted}}
There is no preview: {{why_unwanted}}.
{{/wanted}}
{{#namespace}}
- **Namespace**: {{namespace}}
{{/namespace}}
{{#databases}}
- **Database**{{#several}} of {{name}}{{/several}}: {{database}}{{#nothing}}{{#wanted}} (not there yet){{/wanted}}{{^wanted}} (not there){{/wanted}}{{/nothing}}{{#unknown}} (its server could not be asked){{/unknown}}
{{#from_snapshot}}
- **Data source**: production snapshot of {{production}}, from {{snapshot}} to {{database}}
- **Snapshot taken**: {{#snapshot_time}}{{snapshot_time}}{{/snapshot_time}}{{^snapshot_time}}not known{{/snapshot_time}}
{{/from_snapshot}}
{{#from_seed}}
- **Data source**: seed data
{{/from_seed}}
{{#nothing}}
{{#wanted}}
- **Data source**: {{#use_snapshot}}production snapshot of {{production}}, from {{snapshot}} to {{database}}{{/use_snapshot}}{{^use_snapshot}}seed data{{/use_snapshot}}
{{/wanted}}
{{/nothing}}
{{^from_snapshot}}
- **Snapshot taken**: {{#snapshot_time}}{{snapshot_time}}{{/snapshot_time}}{{^snapshot_time}}{{#snapshot_unknown}}not known{{/snapshot_unknown}}{{^snapshot_unknown}}none available yet{{/snapshot_unknown}}{{/snapshot_time}}
{{/from_snapshot}}
{{#database_commit}}
- **Database made for**: {{database_commit}}
{{/database_commit}}
{{/databases}}
- **Lock**: {{#locked}}locked by {{lock_label}}: neither dropped nor filled again{{/locked}}{{^locked}}not locked{{/locked}}
- **Commit**: {{commit}}
{{#urls}}
- **{{name}}**: {{url}}
{{/urls}}

{{#wanted}}
{{#locked}}
To change the data source, remove the label {{lock_label}} first. Then {{#use_snapshot}}remove {{snapshot_label}} for seed data{{/use_snapshot}}{{^use_snapshot}}add {{snapshot_label}} for the production snapshot{{/use_snapshot}}.
{{/locked}}
{{^locked}}
To change the data source, {{#use_snapshot}}remove the label {{snapshot_label}}: the database is dropped, and seed data comes next{{/use_snapshot}}{{^use_snapshot}}add the label {{snapshot_label}}: the database is recreated from the production snapshot{{/use_snapshot}}.
To keep the database as it is, add {{lock_label}}.
{{/locked}}
{{/wanted}}
{{^wanted}}
{{#locked}}
To have a database that is still there deleted, remove the label {{lock_label}}.
{{/locked}}
{{/wanted}}
)";

constexpr std::string_view k_filled = R"(**Recreated from the production snapshot**

{{#databases}}
- {{database}} holds the data of {{production}}, from the snapshot {{snapshot}} taken at {{snapshot_time}}{{^snapshot_time}}an unknown time{{/snapshot_time}}
{{/databases}}

Its previous content is gone. Made for commit {{commit}}.
)";

constexpr std::string_view k_dropped = R"(**Database deleted**

{{#databases}}
- {{database}} was dropped
{{/databases}}

{{#was_locked}}
The lock {{lock_label}} came off, and {{why_unwanted}}.
{{/was_locked}}
{{^was_locked}}
That is because {{why_unwanted}}.
{{/was_locked}}
)";

constexpr std::string_view k_seed_next = R"(**Database dropped, seed data is next**

{{#databases}}
- {{database}} was dropped: the label {{snapshot_label}} is off
{{/databases}}

{{#seed_by_application}}
Fresh seed data comes with the next sync: the application makes it when it starts.
{{/seed_by_application}}
{{^seed_by_application}}
It holds fresh seed data now.
{{/seed_by_application}}
)";

constexpr std::string_view k_refused_add = R"(**{{snapshot_label}} was taken off again**

The database is locked by {{lock_label}}, and was not touched:

{{#databases}}
- {{database}} holds seed data
{{/databases}}

To fill it from the production snapshot, remove {{lock_label}} first, then add {{snapshot_label}}.
)";

constexpr std::string_view k_refused_remove = R"(**{{snapshot_label}} was put back**

The database is locked by {{lock_label}}, and was not touched:

{{#databases}}
- {{database}} holds data of the production snapshot
{{/databases}}

To go back to seed data, remove {{lock_label}} first, then {{snapshot_label}}.
)";

constexpr std::string_view k_locked = R"(**Database locked** by {{lock_label}}

{{#databases}}
- {{database}}
{{/databases}}

It is not dropped on rebuild, and not deleted when the pull request is closed or merged. Changes of {{snapshot_label}} are refused.

Remove {{lock_label}} to unlock it. On a closed pull request that deletes the database at once.
)";

constexpr std::string_view k_unlocked = R"(**Database unlocked**: {{lock_label}} is off

{{#databases}}
- {{database}}
{{/databases}}

{{#refresh_on_push}}
The next sync (the next push) drops it, and {{#use_snapshot}}restores it from the production snapshot{{/use_snapshot}}{{^use_snapshot}}fresh seed data comes{{/use_snapshot}}. Nothing happens before.
{{/refresh_on_push}}
{{^refresh_on_push}}
Pushes leave it as it is; the next sync that is asked for drops it, and {{#use_snapshot}}restores it from the production snapshot{{/use_snapshot}}{{^use_snapshot}}fresh seed data comes{{/use_snapshot}}.
{{/refresh_on_push}}

A sync can be triggered by hand: `tidegate pr sync {{number}} --now`
)";

constexpr std::string_view k_kept = R"(**Database NOT deleted**

{{#closed_or_merged}}
The pull request is {{state}}, but its database is locked by {{lock_label}}:
{{/closed_or_merged}}
{{^closed_or_merged}}
Its preview is over, because {{why_unwanted}}, but the database is locked by {{lock_label}}:
{{/closed_or_merged}}

{{#databases}}
- {{database}}
{{/databases}}

To have it deleted, remove {{lock_label}}{{#closed_or_merged}}, even now that the pull request is {{state}}{{/closed_or_merged}}.
)";

constexpr std::string_view k_failed = R"(**The preview's database could not be brought up to date**

{{#databases}}
- {{database}}
{{/databases}}

{{failure}}

{{#hint}}
How to fix it:

{{hint}}

{{/hint}}
It is tried again. This is said once for each kind of failure.
)";

}  // namespace

const std::map<std::string, std::string, std::less<>>& own_templates() {
  static const std::map<std::string, std::string, std::less<>> all{
      {"status", std::string(k_status)},
      {"filled", std::string(k_filled)},
      {"dropped", std::string(k_dropped)},
      {"seed-next", std::string(k_seed_next)},
      {"refused-add", std::string(k_refused_add)},
      {"refused-remove", std::string(k_refused_remove)},
      {"locked", std::string(k_locked)},
      {"unlocked", std::string(k_unlocked)},
      {"kept", std::string(k_kept)},
      {"failed", std::string(k_failed)},
  };
  return all;
}

}  // namespace tidegate::preview
