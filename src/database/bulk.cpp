#include "database/bulk.hpp"

#include "iacdb/error.hpp"

namespace iacdb::database {

TimedBulk::TimedBulk(Desk& desk, std::string_view target, const Setting& setting, pool::Lease lease)
    : lease_(std::move(lease)),
      desk_(desk),
      what_("bulk insert " + std::string(target)),
      options_(setting.options),
      call_(setting.call()),
      timing_{Clock::now(), setting.waited},
      commits_itself_(setting.commits_itself) {
  desk_.occupy();
  try {
    inner_ = desk_.connection().bulk(driver::BulkTarget::parse(target), call_);
  } catch (const Error& error) {
    desk_.leave();
    fail(error);
    throw;
  }
}

TimedBulk::~TimedBulk() {
  inner_.reset();  // Undoes what was not finished.
  desk_.leave();
}

void TimedBulk::write(std::span<const Cell> row) {
  try {
    inner_->write(row);
  } catch (const Error& error) {
    fail(error);
    throw;
  }
}

std::uint64_t TimedBulk::finish() {
  try {
    const std::uint64_t rows = inner_->finish();
    if (!told_) desk_.tell(what_, timing_, rows, nullptr, options_);
    told_ = true;
    return rows;
  } catch (const Error& error) {
    // All rows or none: before this call it was none.
    const auto doubt = find_doubt(error, what_, Dialect::sqlite, commits_itself_);
    fail(doubt ? *doubt : error);
    if (doubt) throw InDoubtError(*doubt);
    throw;
  }
}

void TimedBulk::fail(const Error& error) noexcept {
  if (!told_) desk_.tell(what_, timing_, 0, &error, options_);
  told_ = true;
}

}  // namespace iacdb::database
