#pragma once

/// What the comment of a database says: its metadata, whose staging it is, or a person's own words.

#include <optional>
#include <string>

#include "model/metadata.hpp"
#include "model/names.hpp"

namespace tidegate::engine::postgresql {

/// What a database is for while it is not published.
enum class Purpose {
  copy,     ///< being filled
  aside,    ///< what its target was until it was replaced; to be dropped
  scratch,  ///< a copy for a look at a database that allows no connections
};

/// The mapping from a staging name to the target that it is for.
struct StagingNote {
  std::string target, run;
  Purpose purpose = Purpose::copy;
};

/// Metadata as JSON. `own_words`: what a person had written there; it stands in the field `comment`
/// and is carried from one publish to the next.
std::string comment_of(const Metadata& metadata, const std::string& own_words = {});
std::string comment_of(const StagingNote& note);

/// Nothing for a comment that is not metadata: a person's words, a staging note, other JSON.
/// @throws Error remote: it is metadata that cannot be read; names the database.
std::optional<Metadata> metadata_in(const std::string& comment, const std::string& database);
/// The same, as metadata_as_told().
std::optional<Metadata> metadata_told(const std::string& comment, const std::string& database);
std::optional<StagingNote> staging_in(const std::string& comment);
/// The person's own words: the comment itself where it is neither metadata nor a staging note, and
/// what was carried along otherwise.
std::string own_words_in(const std::string& comment);

/// `tidegate_3f9a1c20_1`: short, because the server cuts names at 63 bytes without a word. The
/// eight digits are the run's own.
DatabaseName staging_name(const std::string& run, int number);
/// Whether the name is of exactly that form.
bool is_staging_name(const std::string& name);
/// The eight digits of a run's id, or of a staging name.
std::string digits_of_run(const std::string& run);
std::string digits_in(const std::string& staging_name);

}  // namespace tidegate::engine::postgresql
