#include "snapshot/record.hpp"

#include <functional>

namespace tidegate::snapshot {
namespace {

void never_failing(Run& run, const std::function<void()>& write) {
  if (run.mode() == Mode::dry_run) return;
  try {
    write();
  } catch (const Error& error) {
    run.log().warning("the journal could not be written: " + error.message(), {{"run", run.id()}});
  }
}

}  // namespace

RunRecording::RunRecording(Run& run, journal::Journal& journal, const Entry& entry)
    : run_(run), journal_(journal) {
  record_.run = run.id();
  record_.operation = entry.operation;
  record_.database = entry.database;
  record_.target = entry.target;
  record_.who = journal::who_runs_this();
  record_.from = entry.from;
  record_.to = entry.to;
  record_.outcome = "running";
  record_.started = run.clock().now();
  never_failing(run_, [this] { journal_.started(record_); });
}

RunRecording::~RunRecording() { run_.progress().end(); }

void RunRecording::finished(const std::optional<Metadata>& metadata) {
  finished(RunVerdict{metadata, {}});
}

void RunRecording::finished(const RunVerdict& judged) {
  const auto& [metadata, verdict] = judged;
  record_.outcome = verdict ? describe(verdict->kind()).name : "ok";
  if (verdict) record_.message = verdict->message();
  if (metadata) {
    record_.documents = metadata->total_documents();
    record_.bytes = metadata->total_bytes();
    record_.collections = static_cast<int>(metadata->collections.size());
  }
  write();
}

void RunRecording::failed(const std::exception& error) {
  const auto* known = dynamic_cast<const Error*>(&error);
  record_.outcome = describe(known == nullptr ? ErrorKind::internal : known->kind()).name;
  record_.message = error.what();
  write();
}

void RunRecording::write() {
  record_.finished = run_.clock().now();
  record_.elapsed = run_.elapsed();
  never_failing(run_, [this] { journal_.finished(record_); });
}

}  // namespace tidegate::snapshot
