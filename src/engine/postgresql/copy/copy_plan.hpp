#pragma once

/// Decides which entries of a dump a role can make on a server, and what is done with the others.
/// Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "engine/postgresql/archive/listing.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

/// A statement that makes one grant as the object's owner.
struct Grant {
  std::string statement;
  std::string role;  ///< the role that gets it; empty for PUBLIC
};

/// A fact about an object that an archive's list does not have, and that decides whether a role can
/// make it. Read from the catalog where the dump is made.
struct Trait {
  enum class Kind {
    superuser,       ///< only a superuser can make it; `why`
    extension,       ///< `version`, `schema`
    policy,          ///< `roles`: the roles that it applies to
    grants,          ///< `roles`: all roles that its grants name
    default_grants,  ///< `roles`: the role whose objects get them, then all roles that they name
    search_path,     ///< it calls a function that works only with a search_path; `why`
  };
  Kind kind = Kind::superuser;
  std::int64_t catalog = 0, object = 0;  ///< the entry's; for grants: of the object that has them
  std::string name = {};                 ///< for people: `function 'public.g(internal)'`
  std::string why = {};
  std::string version = {}, schema = {};
  std::vector<std::string> roles = {};
  /// Set where a role other than the owner made some of its grants: then all of them, as statements
  /// of the owner.
  std::vector<Grant> grants = {};
};

/// Facts about a dump that its list of entries does not have.
struct DumpFacts {
  std::vector<Trait> traits;
  std::vector<std::string> owners;  ///< of everything in it
  /// False for an archive that records no owners: `owners` are all roles of the server then, and
  /// the owner of an object counts as missing where it is none of these.
  bool owners_known = true;
};

struct ExtensionVersion {
  std::string version;
  bool superuser = false;  ///< only a superuser can install it
};

/// The rights of the restoring role, and the roles and extensions of its server.
struct Place {
  std::string role;              ///< the owner of what is made
  bool superuser = false;        ///< the session is a superuser's, whatever the role is
  bool gives_all = false;        ///< `role` owns everything: the former owners do not matter
  int version = 0;               ///< 150020
  std::set<std::string> roles;   ///< those of the dump's roles that exist here
  std::set<std::string> usable;  ///< those of `roles` that `role` can act for
  std::map<std::string, std::vector<ExtensionVersion>> extensions;  ///< available ones
  std::map<std::string, std::string> default_versions;              ///< by extension
};

/// An entry that is left out or changed, or for which the copy is refused.
struct Verdict {
  enum class Outcome { changed, left_out, refused };
  Outcome fate = Outcome::left_out;
  std::string name;  ///< for people: `event trigger 'e'`
  std::string why;
  std::string hint = {};  ///< of a refused one; may be empty
  std::string text() const { return name + ": " + why; }
};

/// The role that makes an entry.
enum class Maker {
  role,     ///< the restoring role; the object keeps its owner where owners are kept
  keeper,   ///< the restoring role, which then owns it: its owner cannot be given it
  session,  ///< the user that signs in, a superuser
};

struct ExtensionStep {
  std::string name, schema;
  std::string version;  ///< empty: the server's default
};

struct CopyPlan {
  std::vector<Verdict> verdicts;  ///< of all entries not copied as they are, in the list's order
  std::set<int> left_out;         ///< entries, their comments and grants among them
  std::set<int> changed;          ///< entries that the copy has in another form
  std::map<int, Maker> makers;    ///< of entries that `Maker::role` does not make
  std::vector<ExtensionStep> extensions;  ///< to be made in this order, in place of their entries
  std::vector<Grant> grants;              ///< to be made after everything else
  std::vector<std::string> new_owners;    ///< roles that keep the objects that they own

  bool makes_extension(const std::string& name) const;
  /// `event trigger 'e': only a superuser can make it`, each entry that is changed or left out.
  std::vector<std::string> said() const;
  /// Every refused entry with its reason, as one error of this kind; nothing where none is refused.
  std::optional<Error> refusal(ErrorKind kind) const;
};

/// An entry is copied unless the place lacks something that the entry takes. Then no entry that
/// needs it can be made either. An entry that nothing in the dump needs is left out; any other is
/// refused, unless the policy says otherwise (docs/guide/postgresql-previews.md has the table).
/// Tables are never left out.
CopyPlan plan_copy(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
                   const CarryPolicy& policy);

/// Every role that the plan must know about.
std::vector<std::string> roles_in(const DumpFacts& facts);

/// The contents without the views, and the indexes of tables, that the plan leaves out.
std::vector<Content> without_left_out(const std::vector<Entry>& entries, const CopyPlan& plan,
                                      std::vector<Content> contents);

}  // namespace tidegate::engine::postgresql
