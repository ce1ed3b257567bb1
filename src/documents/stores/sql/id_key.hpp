#pragma once
// The text by which a document is found by its _id: the column `id` of a collection's table.
//
//   insert ... values (id_key(ordered, document.get("_id")), ...)
//   if (const auto c = id_between(lower, upper)) sql += c->sql;     // id > ? and id < ?
//
// Two values of _id have one text exactly when MongoDB calls them equal. In an ordered collection
// the texts of numbers, strings, ObjectIds, booleans and dates stand in MongoDB's order, too, and
// between the ends that odd_id() names; all others are odd.
// Threads: pure functions.

#include "documents/stores/sql/condition.hpp"
#include "documents/stores/sql/key_range.hpp"

namespace iacdb::doc {

std::string id_key(bool ordered, const Value& id);
/// Of an ordered collection, of an _id that is not odd. Two ends are of one type. nullopt: the
/// values have no place in the order.
std::optional<Condition> id_between(KeyEnd lower, KeyEnd upper);
Condition odd_id();
/// The opposite of odd_id(), as a range.
Condition even_id();

}  // namespace iacdb::doc
