#pragma once

/// A copy in a database under a staging name, from its creation to the commit point.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/checksum.hpp"
#include "engine/postgresql/publish/comment.hpp"
#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {

/// A relation as it was read in production, at the read timestamp.
struct Source {
  Relation relation;
  Checksum sum;
};

/// Not thread safe. Refers to run, server and lease, which outlive it.
class StagedDatabase final : public engine::Staged {
 public:
  StagedDatabase(Run& run, SessionLease& lease, StageRequest request);
  /// Drops the database, unless disarmed; the next holder of the lease drops it where this fails.
  ~StagedDatabase() override;

  StageOutcome outcome() const override {
    return reason_.empty() ? StageOutcome::complete : StageOutcome::source_changed;
  }
  std::string reason() const override { return reason_; }
  SystemTime cut() const override { return cut_; }
  Consistency consistency() const override;
  std::string method() const override;
  const std::vector<Content>& contents() const override { return contents_; }
  int unchanged() const override { return 0; }

  const StageRequest& request() const { return request_; }
  const DatabaseName& name() const { return name_; }
  StagingNote note(Run& run) const;
  bool from_archive() const { return request_.archive.has_value(); }
  bool from_template() const { return request_.snapshot && !request_.archive; }
  void set_cut(SystemTime cut) { cut_ = cut; }
  void set_contents(std::vector<Content> contents) { contents_ = std::move(contents); }
  /// How far the rows of a copy by template are known to equal the snapshot's.
  Verified rows() const { return rows_; }
  void set_rows(Verified how) { rows_ = how; }
  /// The differences between the schema of a copy and its source's.
  const std::vector<Difference>& schema_differences() const { return schema_differences_; }
  void add_differences(const std::vector<Difference>& found) {
    schema_differences_.insert(schema_differences_.end(), found.begin(), found.end());
  }
  void set_changed(std::string reason) { reason_ = std::move(reason); }
  /// By name; only for a copy of production.
  std::map<std::string, Source>& sources() { return sources_; }
  /// From here on, or until arm(), the server decides whether the database is published.
  void disarm() { armed_ = false; }
  void arm() { armed_ = true; }

 private:
  void discard() noexcept;

  Run& run_;
  SessionLease& lease_;
  StageRequest request_;
  DatabaseName name_;
  std::map<std::string, Source> sources_;
  std::vector<Content> contents_;
  std::vector<Difference> schema_differences_;
  SystemTime cut_{};
  std::string reason_;
  Verified rows_ = Verified::none;
  bool armed_ = true;
};

/// See engine::Engine::stage, verify and publish.
std::unique_ptr<StagedDatabase> stage(Run& run, Server& server, SessionLease& lease,
                                      const StageRequest& request);
VerifyReport verify(Run& run, Server& server, StagedDatabase& staged);
void publish(Run& run, SessionLease& lease, StagedDatabase& staged, const Metadata& metadata);
/// See engine::Engine::drop and note.
void drop(Run& run, SessionLease& lease);
void note(Run& run, SessionLease& lease, const Metadata& metadata);

}  // namespace tidegate::engine::postgresql
