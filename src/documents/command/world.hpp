#pragma once
// CommandWorld: the collections around a pipeline, in the unit of its command.

#include "documents/command/engine.hpp"

namespace iacdb::doc {

class CommandWorld : public PipelineWorld {
 public:
  explicit CommandWorld(Work& work) : work_(work) {}
  StreamPtr read(const std::string& collection, const Pipeline& stages,
                 const Binding* bindings) override;
  void replace_collection(const std::string& database, const std::string& collection,
                          StreamPtr documents) override;
  void merge(const Object& spec, StreamPtr documents) override;

 private:
  Work& work_;
};

}  // namespace iacdb::doc
