#include "preview/comment_writer.hpp"

#include "preview/texts.hpp"
#include "snapshot/pick.hpp"

namespace tidegate::preview {
namespace {

void drop_hidden_lines(std::string& text) {
  while (text.starts_with("<!-- tidegate:")) {
    const auto end = text.find('\n');
    text.erase(0, end == std::string::npos ? end : end + 1);
  }
}

class TemplateWriter final : public CommentWriter {
 public:
  TemplateWriter(CommentedDatabase database, Run& run, const Redactor& redactor)
      : database_(std::move(database)),
        texts_(database_.pages.templates),
        run_(run),
        redactor_(redactor) {}

  std::string status(const ReportSubject& subject) const override {
    return finished(texts_.status(context_of(subject)));
  }
  std::string notice(Notice notice, const ReportSubject& subject) const override {
    return finished(texts_.notice(notice, context_of(subject)));
  }
  std::string clean(const std::string& words) const override { return redactor_.clean(words); }

 private:
  std::string finished(std::string text) const {
    drop_hidden_lines(text);
    return redactor_.clean(text);
  }
  std::optional<SystemTime> newest_snapshot() const;
  void add_snapshot_time(CommentDatabase& shown, const ReportSubject& subject) const;
  CommentContext context_of(const ReportSubject& subject) const;

  CommentedDatabase database_;
  Texts texts_;
  Run& run_;
  const Redactor& redactor_;
};

/// Nothing: none has been taken yet.
std::optional<SystemTime> TemplateWriter::newest_snapshot() const {
  if (database_.archives) {
    const auto store = database_.open_store(*database_.archives);
    const auto newest = snapshot::newest(store->list(run_, database_.name), run_.clock().now());
    return newest ? std::optional(newest->taken) : std::nullopt;
  }
  if (!database_.topology.snapshot) return std::nullopt;
  const auto metadata = database_.snapshot()->metadata(run_, *database_.topology.snapshot);
  return metadata ? std::optional(metadata->timestamp) : std::nullopt;
}

void TemplateWriter::add_snapshot_time(CommentDatabase& shown, const ReportSubject& subject) const {
  if (subject.metadata && subject.metadata->snapshot) {
    shown.snapshot_time = subject.metadata->snapshot->timestamp;
    return;
  }
  try {
    shown.snapshot_time = newest_snapshot();
  } catch (const Error& error) {
    shown.snapshot_unknown = true;
    run_.log().debug("the snapshot's age is not known: " + error.message(), {{"run", run_.id()}});
  }
}

CommentContext TemplateWriter::context_of(const ReportSubject& subject) const {
  const auto& topology = database_.topology;
  CommentDatabase shown{.name = database_.name,
                        .database = subject.database,
                        .production = topology.production.text(),
                        .snapshot = database_.archives  ? database_.archives->place
                                    : topology.snapshot ? topology.snapshot->text()
                                                        : "",
                        .holds = subject.holds};
  add_snapshot_time(shown, subject);
  if (subject.metadata && subject.metadata->pull_request) {
    shown.commit = subject.metadata->pull_request->commit;
  }
  CommentContext context{subject.pull, database_.policy, database_.pages};
  context.locked = subject.decision.locked;
  context.was_locked = subject.before.locked;
  context.databases = {std::move(shown)};
  context.failure = subject.failure;
  context.hint = subject.hint;
  return context;
}

}  // namespace

std::shared_ptr<const CommentWriter> template_writer(CommentedDatabase database, Run& run,
                                                     const Redactor& redactor) {
  return std::make_shared<TemplateWriter>(std::move(database), run, redactor);
}

}  // namespace tidegate::preview
