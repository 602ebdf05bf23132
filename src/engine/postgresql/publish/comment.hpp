#pragma once

/// The comment of a database: its metadata, the run that staged it, or a person's own text.

#include <optional>
#include <string>

#include "model/metadata.hpp"
#include "model/names.hpp"

namespace tidegate::engine::postgresql {

/// The purpose of a database that is not published.
enum class Purpose {
  copy,     ///< being filled
  aside,    ///< the replaced content of its target; to be dropped
  scratch,  ///< a temporary copy of a database that allows no connections
};

/// The mapping from a staging name to the target that it is for.
struct StagingNote {
  std::string target, run;
  Purpose purpose = Purpose::copy;
};

/// Metadata as JSON. `own_words`: a person's own text; the field `comment` keeps it from one
/// publish to the next.
std::string comment_of(const Metadata& metadata, const std::string& own_words = {});
std::string comment_of(const StagingNote& note);

/// Nothing for a comment that is not metadata: a person's text, a staging note, other JSON.
/// @throws Error remote: it is metadata that cannot be read; names the database.
std::optional<Metadata> metadata_in(const std::string& comment, const std::string& database);
/// The same, as metadata_as_told().
std::optional<Metadata> metadata_told(const std::string& comment, const std::string& database);
std::optional<StagingNote> staging_in(const std::string& comment);
/// The person's own text: the comment itself where it is neither metadata nor a staging note, else
/// the text that the metadata keeps.
std::string own_words_in(const std::string& comment);

/// `tidegate_3f9a1c20_1`: short, because the server cuts names off at 63 bytes without a warning.
/// The eight digits are those of the run.
DatabaseName staging_name(const std::string& run, int number);
/// Whether the name has exactly that form.
bool is_staging_name(const std::string& name);
/// The eight digits of a run's id, or of a staging name.
std::string digits_of_run(const std::string& run);
std::string digits_in(const std::string& staging_name);

}  // namespace tidegate::engine::postgresql
