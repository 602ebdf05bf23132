#pragma once

/// Which entries of a dump one role can make on one server, and what becomes of the others. Pure.

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
  std::string role;  ///< who is granted something; empty for PUBLIC
};

/// A fact about an object that an archive's list does not tell, and on which it depends whether a
/// role can make it. Read from the catalog where the dump is made.
struct Trait {
  enum class Kind {
    superuser,       ///< only a superuser can make it; `why`
    extension,       ///< `version`, `schema`
    policy,          ///< `roles`: for whom it is
    grants,          ///< `roles`: everyone whom its grants name
    default_grants,  ///< `roles`: whose objects get them, then everyone whom they name
    search_path,     ///< it calls a function that works only with a search_path; `why`
  };
  Kind kind = Kind::superuser;
  std::int64_t catalog = 0, object = 0;  ///< the entry's; for grants: of the object that has them
  std::string name = {};                 ///< for people: `function 'public.g(internal)'`
  std::string why = {};
  std::string version = {}, schema = {};
  std::vector<std::string> roles = {};
  /// Some of its grants were made by another role than the owner. Then all of them, as the owner
  /// would make them.
  std::vector<Grant> grants = {};
};

/// Facts about a dump that its list of entries does not have.
struct DumpFacts {
  std::vector<Trait> traits;
  std::vector<std::string> owners;  ///< of everything in it
  /// False of an archive that records none: `owners` are all roles of the server then, and an
  /// object of any other role is one whose owner is missing.
  bool owners_known = true;
};

struct ExtensionVersion {
  std::string version;
  bool superuser = false;  ///< only a superuser can install it
};

/// The rights of the restoring role, and the roles and extensions of its server.
struct Place {
  std::string role;              ///< who owns what is made
  bool superuser = false;        ///< the session is a superuser's, whatever the role is
  bool gives_all = false;        ///< everything belongs to `role`: the former owners do not matter
  int version = 0;               ///< 150020
  std::set<std::string> roles;   ///< of those that were asked about: the ones that exist
  std::set<std::string> usable;  ///< of these: the ones for which `role` can act
  std::map<std::string, std::vector<ExtensionVersion>> extensions;  ///< available ones
  std::map<std::string, std::string> default_versions;              ///< by extension
};

/// An entry that is not carried, or not as it was.
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
  role,     ///< the restoring role, and the object keeps its owner where owners are kept
  keeper,   ///< the restoring role, to which it then belongs, for its owner cannot be given it
  session,  ///< the user that signs in, a superuser
};

struct ExtensionStep {
  std::string name, schema;
  std::string version;  ///< empty: the server's default
};

struct CopyPlan {
  std::vector<Verdict> verdicts;  ///< of entries that are not plainly carried, in the list's order
  std::set<int> left_out;         ///< entries, their comments and grants among them
  std::set<int> changed;          ///< entries that the copy has in another way
  std::map<int, Maker> makers;    ///< of entries that are not made by the role
  std::vector<ExtensionStep> extensions;  ///< to be made in this order, in place of their entries
  std::vector<Grant> grants;              ///< to be made when everything else is there
  std::vector<std::string> new_owners;    ///< roles that are given what they owned

  bool makes_extension(const std::string& name) const;
  /// `event trigger 'e': only a superuser can make it`, each entry that is changed or left out.
  std::vector<std::string> said() const;
  /// Every refused entry with its reason, as one error of this kind; nothing where there is none.
  std::optional<Error> refusal(ErrorKind kind) const;
};

/// An entry is carried unless the place lacks what it takes. Then nothing that needs it can be
/// made either. What nothing in the dump needs is left out, the rest is refused, unless the policy
/// says otherwise (docs/guide/postgresql-previews.md has the table). Tables are never left out.
CopyPlan plan_copy(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
                   const CarryPolicy& policy);

/// Every role that the plan must know about.
std::vector<std::string> roles_in(const DumpFacts& facts);

/// The contents without what the plan leaves out: views, and indexes of tables.
std::vector<Content> without_left_out(const std::vector<Entry>& entries, const CopyPlan& plan,
                                      std::vector<Content> contents);

}  // namespace tidegate::engine::postgresql
