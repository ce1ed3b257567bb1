// iacdb doc advise: which indexes a workload wants, and which nothing wants.

#include "cli/doc_advise.hpp"

#include <cstdio>
#include <fstream>
#include <istream>
#include <ostream>

#include "cli/doc_open.hpp"

namespace iacdb::cli {
namespace {

struct AdviseOptions {
  Target target;
  std::string workload;
  AdviceOptions advice;
  bool json = false;
};

std::vector<Document> read_workload(std::istream& in, const std::string& name) {
  std::vector<Document> out;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      out.push_back(Document::from_json(line));
    } catch (const DataError& error) {
      raise(ErrorKind::config, name + ":" + std::to_string(number) + ": " + error.facts().message +
                                   "; a workload has a command in Extended JSON on each line");
    }
  }
  if (in.bad()) raise(ErrorKind::config, name + " cannot be read");
  return out;
}

std::vector<Document> workload_of(const AdviseOptions& options, Context& context) {
  if (options.workload.empty()) return {};
  if (options.workload == "-") return read_workload(context.in, "standard input");
  std::ifstream file(options.workload);
  if (!file) raise(ErrorKind::config, "the workload " + options.workload + " cannot be read");
  return read_workload(file, options.workload);
}

/// 12,345 or, below ten, 1.5.
std::string figure(double n) {
  char text[64];
  if (n < 9.95 && n != static_cast<double>(static_cast<long long>(n))) {
    std::snprintf(text, sizeof text, "%.1f", n);
    return text;
  }
  std::snprintf(text, sizeof text, "%.0f", n);
  std::string out = text;
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string milliseconds(std::chrono::microseconds time) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(time.count()) / 1000);
  return text;
}

std::string or_scan(const std::string& index) {
  return index.empty() ? "scan" : index;
}

std::string index_now(const ServedShape& shape) {
  if (!shape.index_now) return "unknown";
  return shape.index_now->empty() ? "none" : *shape.index_now;
}

void print_proof(std::ostream& out, const PlanProof& proof) {
  out << "        proof: " << or_scan(proof.index_before) << " -> " << or_scan(proof.index_after)
      << ", " << milliseconds(proof.time_before) << " -> " << milliseconds(proof.time_after);
  if (proof.cost_before && proof.cost_after) {
    out << ", planner's cost " << figure(*proof.cost_before) << " -> " << figure(*proof.cost_after);
  }
  if (proof.scanned_before && proof.scanned_after) {
    out << ", scanned " << figure(*proof.scanned_before) << " -> " << figure(*proof.scanned_after);
  }
  out << '\n';
}

void print_proposal(std::ostream& out, const IndexProposal& proposal) {
  out << "propose " << proposal.collection << ' ' << proposal.key.to_json() << "  spares "
      << figure(proposal.gain * 100) << " % of what the collection's statements scan\n";
  for (const ServedShape& shape : proposal.serves) {
    out << "    " << figure(static_cast<double>(shape.statements)) << " x " << shape.shape << '\n'
        << "        scanned " << figure(shape.scanned_now) << " -> " << figure(shape.scanned_then)
        << ", returned " << figure(shape.returned) << ", index now: " << index_now(shape);
    if (shape.milliseconds > 0) out << ", " << figure(shape.milliseconds) << " ms in all";
    out << '\n';
    if (shape.proof) print_proof(out, *shape.proof);
  }
  out << "    kept up to date by " << figure(static_cast<double>(proposal.writes_kept)) << " of "
      << figure(static_cast<double>(proposal.writes)) << " documents written";
  if (proposal.build_time) out << "; made in " << milliseconds(*proposal.build_time);
  if (proposal.bytes) out << ", " << figure(static_cast<double>(*proposal.bytes)) << " bytes";
  out << '\n';
  for (const std::string& replaced : proposal.replaces) {
    out << "    then " << replaced << " can go\n";
  }
}

void print_advice(std::ostream& out, const IndexAdvice& advice) {
  for (const IndexProposal& proposal : advice.proposals) print_proposal(out, proposal);
  for (const IndexFinding& finding : advice.findings) {
    out << (finding.kind == IndexFinding::unused ? "unused " : "redundant ") << finding.collection
        << ' ' << finding.index << ' ' << finding.key.to_json() << ": " << finding.evidence << '\n';
  }
  for (const UnservedShape& shape : advice.unserved) {
    out << "no index helps " << figure(static_cast<double>(shape.statements)) << " x "
        << shape.shape << "\n    scanned " << figure(shape.scanned) << ", returned "
        << figure(shape.returned) << ": " << shape.reason << '\n';
  }
  for (const std::string& note : advice.notes) out << "note " << note << '\n';
  if (advice.proposals.empty() && advice.findings.empty() && advice.unserved.empty()) {
    out << "nothing to advise, from " << advice.statements << " statements\n";
  }
}

void advise(const AdviseOptions& options, Context& context) {
  AdviceOptions advice = options.advice;
  advice.workload = workload_of(options, context);
  DocumentStore store =
      open_document_store(context, options.target, {.pool = PoolOptions{.open_max = 4}});
  const IndexAdvice found = store.advise(advice);
  if (options.json) {
    context.out << found.to_document().to_json(JsonForm::relaxed) << '\n';
  } else {
    print_advice(context.out, found);
  }
}

}  // namespace

void add_doc_advise(CLI::App& group, Context& context) {
  auto options = std::make_shared<AdviseOptions>();
  CLI::App* command = group.add_subcommand(
      "advise", "Propose indexes for a workload, and find those that nothing wants");
  add_target(*command, options->target);
  command->add_option(
      "--workload", options->workload,
      "File of commands as `doc run` takes them, a line each; - for standard input");
  command->add_option("--collection", options->advice.collections, "Only this one; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--prove", options->advice.prove,
                    "Make the indexes in a transaction, compare plans, and roll back");
  command
      ->add_option("--documents-max", options->advice.documents_max,
                   "Documents of a collection to look at; of more, a sample (20000)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  command
      ->add_option("--spared-min", options->advice.spared_min,
                   "A statement has to be spared so many documents (100)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(
      R"(Nothing is changed. The commands of the workload are not run: what they look for is counted,
and a line may be {"command": {...}, "count": 120}. While --prove makes indexes, writers wait.

Examples:
  iacdb doc advise sqlite:shop.db --workload commands.ndjson
  iacdb doc advise postgres://app@localhost/shop --workload commands.ndjson --prove --json
  iacdb doc advise postgres://app@localhost/shop)");
  command->callback([options, &context] { advise(*options, context); });
}

}  // namespace iacdb::cli
