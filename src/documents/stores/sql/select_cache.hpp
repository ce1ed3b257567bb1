#pragma once
// SelectCache: the statements of one collection's selections, made once for each shape.
//
//   const CompiledSelect c = cache.compile(form, people, selection);   // as compile_select()
//
// Selections are of one shape when they differ in values alone, and in no way that the text of the
// statement tells: 5 and 7 do, 5 and "x" do not. How the parameters follow from the values is found
// by compiling a shape with two sets of other values; where it is not plain, or the selection asks
// for more than comparisons, nothing is kept and each is compiled. Limits: 200 shapes.
// Threads: safe to call from any.

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "documents/stores/sql/compile.hpp"

namespace iacdb::doc {

class SelectCache {
  struct Template;
  using TemplatePtr = std::shared_ptr<const Template>;

 public:
  CompiledSelect compile(const SqlForm& form, const CollectionInfo& collection,
                         const Selection& selection);
  /// The statement CompiledSelect::probe of a shape that is known, and its parameters.
  struct Probe {
    TemplatePtr of;
    std::vector<SqlParameter> parameters;

    const std::string& sql() const;
    /// Whether a document was found so. When seldom one is, probe() has none for a while.
    void tell(bool found) const;
  };
  std::optional<Probe> probe(const SqlForm& form, const CollectionInfo& collection,
                             const Selection& selection);
  /// Shapes whose statements are kept.
  std::size_t size() const;

 private:
  static TemplatePtr make(const SqlForm& form, const CollectionInfo& collection,
                          const Selection& selection);

  mutable std::mutex mutex_;
  std::map<std::string, TemplatePtr, std::less<>> templates_;
};

}  // namespace iacdb::doc
