#include "engine/postgresql/access/grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/postgresql/access/reading_grants.hpp"

namespace tidegate::engine::postgresql {
namespace {

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  return text;
}

enum class Makes { nothing, databases };

constexpr std::string_view k_producer = "snapshot-producer";

std::string introduction() {
  return "-- Run this with psql, as an administrator with CREATEROLE and CREATEDB; a superuser is "
         "not\n"
         "-- needed. It may be run again. \\password asks for each password.\n"
         "\\set ON_ERROR_STOP on\n";
}

/// Sets only attributes that CREATEROLE may give; `check` reports a role that has more.
std::string user(const std::string& purpose, const std::string& name, Makes makes) {
  const auto* can = makes == Makes::databases ? "CREATEDB" : "NOCREATEDB";
  return fmt::format(
      "\n-- {0}\n"
      "SELECT format('CREATE ROLE %I LOGIN', {1})\n"
      "WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {1}) \\gexec\n"
      "ALTER ROLE {2} LOGIN INHERIT {3};\n"
      "\\password {2}\n",
      on_one_line(purpose), quoted_text(name), quoted_name(name), can);
}

std::string owner_role(const std::string& owner) {
  if (owner.empty()) return {};
  return fmt::format(
      "\n-- the owner of copies (previews.owner); it must own nothing in production\n"
      "SELECT format('CREATE ROLE %I', {0})\n"
      "WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {0}) \\gexec\n",
      quoted_text(owner));
}

/// Only a role that can act for both owners can change the owner. From version 16 on, a membership
/// gives that right explicitly.
std::string member_of(const std::string& owner, const std::string& name) {
  if (owner.empty()) return {};
  return fmt::format(
      "SELECT format('GRANT %I TO %I', {}, {}) ||\n"
      "  CASE WHEN current_setting('server_version_num')::int >= 160000\n"
      "       THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END \\gexec\n",
      quoted_text(owner), quoted_text(name));
}

std::string producer(const engine::GrantRequest& request) {
  const auto& topology = request.topology;
  const auto& production = topology.production.text();
  const std::string name(k_producer);
  auto purpose = fmt::format("takes snapshots: reads production '{}'", production);
  if (topology.snapshot) {
    purpose += fmt::format(", makes the snapshot '{}'", topology.snapshot->text());
  }
  if (request.producer_restores) purpose += ", restores archives for a test";
  const bool makes = topology.snapshot || request.producer_restores;
  auto text = user(purpose, name, makes ? Makes::databases : Makes::nothing);
  if (makes) text += member_of(request.owner, name);
  return text + reading_grants(name, topology.production, request.selection);
}

std::string filler(const engine::GrantRequest& request, const std::string& purpose,
                   const std::string& name) {
  return user(purpose, name, Makes::databases) + member_of(request.owner, name);
}

std::string with_dashes(std::string text) {
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

}  // namespace

std::string grants(const engine::GrantRequest& request) {
  const auto& topology = request.topology;
  auto text = introduction() + owner_role(request.owner) + producer(request);
  if (topology.previews) {
    const auto number = request.preview ? *request.preview : *PullNumber::parse("1");
    const auto database = topology.previews->name_of(number).text();
    text += filler(
        request,
        fmt::format("pull request {}: fills and drops its own '{}'", number.value(), database),
        with_dashes(database) + "-user");
  }
  for (const auto& [name, database] : topology.targets) {
    text += filler(request, fmt::format("target '{}': fills '{}'", name, database.text()),
                   name + "-filler");
  }
  return text;
}

}  // namespace tidegate::engine::postgresql
