#pragma once
// The whole public API. See DESIGN in docs/ARCHITECTURE.md; start at database.hpp.

#include <iacdb/argument.hpp>
#include <iacdb/capabilities.hpp>
#include <iacdb/cell.hpp>
#include <iacdb/config.hpp>
#include <iacdb/convert.hpp>
#include <iacdb/database.hpp>
#include <iacdb/error.hpp>
#include <iacdb/full_text.hpp>
#include <iacdb/health.hpp>
#include <iacdb/observer.hpp>
#include <iacdb/options.hpp>
#include <iacdb/result.hpp>
#include <iacdb/row.hpp>
#include <iacdb/rows.hpp>
#include <iacdb/two_phase.hpp>
#include <iacdb/types.hpp>
#include <iacdb/value.hpp>
