#pragma once

/// A copy under staging names, from its first collection to the commit point.

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/copy/source.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// Not thread safe. Refers to run, server and lease, which outlive it.
class StagedCopy final : public engine::Staged {
 public:
  StagedCopy(Run& run, Server& server, ServerLease& lease, StageRequest request);
  /// Drops what was staged, unless disarmed; what cannot be dropped is left to the next holder of
  /// the lease.
  ~StagedCopy() override;

  StageOutcome outcome() const override {
    return reason_.empty() ? StageOutcome::complete : StageOutcome::source_changed;
  }
  std::string reason() const override { return reason_; }
  SystemTime cut() const override { return cut_.time; }
  Consistency consistency() const override;
  std::string method() const override;
  const std::vector<Content>& contents() const override { return contents_; }
  int unchanged() const override;

  const StageRequest& request() const { return request_; }
  std::vector<CollectionCopy>& pieces() { return pieces_; }
  const ReadTimestamp& chosen_cut() const { return cut_; }
  void set_cut(ReadTimestamp cut) { cut_ = cut; }
  void set_pieces(std::vector<CollectionCopy> pieces) { pieces_ = std::move(pieces); }
  void set_changed(std::string reason) { reason_ = std::move(reason); }
  /// Makes contents() from the pieces, by name.
  void describe();
  void disarm() { armed_ = false; }

 private:
  void discard() noexcept;

  Run& run_;
  Server& server_;
  ServerLease& lease_;
  StageRequest request_;
  std::vector<CollectionCopy> pieces_;
  std::vector<Content> contents_;
  ReadTimestamp cut_;
  std::string reason_;
  bool armed_ = true;
};

/// See engine::Engine::stage, verify and publish. The source may be another one under verify(),
/// too: outcome() says so then. After it, staging has its TTL indexes.
std::unique_ptr<StagedCopy> stage(Run& run, Server& server, ServerLease& lease,
                                  const StageRequest& request, const Capabilities& capabilities);
VerifyReport verify(Run& run, Server& server, ServerLease& lease, StagedCopy& staged);
void publish(Run& run, Server& server, ServerLease& lease, StagedCopy& staged,
             const Metadata& metadata);
/// See engine::Engine::drop and note.
void drop(Run& run, Server& server, ServerLease& lease);
void note(Run& run, Server& server, ServerLease& lease, const Metadata& metadata);

/// `$out` gives a collection another UUID; after it, it stays.
void note_uuids(Run& run, Server& server, ServerLease& lease, std::vector<CollectionCopy>& pieces);
/// Says that a piece is done.
void report_copied(Run& run, const CollectionCopy& piece);
/// A read under a name that was renamed away finds nothing, and no error. Pieces of a snapshot
/// whose source does not bear its name any more are copied again, under their new one. One listing
/// shows it for all of them.
/// @throws Error with says_source_changed(): a source is gone.
void copy_renamed_again(Run& run, Server& server, ServerLease& lease, const StagedCopy& staged,
                        std::vector<CollectionCopy*> copied);
/// Copies one piece at the cut, or, where it cannot be read there, later and by itself (239), or
/// not at any cut at all.
/// @throws Error with says_source_changed(): start over. refused: `consistency: require` cannot be
/// held.
void copy_at_cut(Run& run, Server& server, ServerLease& lease, const StagedCopy& staged,
                 CollectionCopy& piece);

}  // namespace tidegate::engine::mongodb
