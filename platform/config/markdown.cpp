#include "platform/config/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "platform/config/loader.h"
#include "platform/config/schema.h"

namespace pim::platform {
namespace {

const char* const kIntroduction = R"(# Configuration

<!-- Generated from platform/config/schema.cpp by scripts/update_docs.sh. -->

A YAML file of sections and keys describes a chip. The file lists only the differences from its base. `base:` names
a preset or a `.yaml` file (relative to the folder of the file that names it); the default is `{default}`. `--preset NAME` selects a preset ({presets}), `--config FILE.yaml` your own
file, and `--set section.key=value` changes single values. `pimtlm describe` prints the effective
configuration. Each run writes the complete configuration to its results, so that the run can be repeated.

```yaml
# mychip.yaml: twice the dies, slower links
base: aim8
chip: {{dies: 16}}
link: {{bandwidth_gb_per_s: 16}}
```

GB/s are 1e9 bytes per second, KiB and MiB are powers of two. `platform/presets/{default}.yaml` gives the source of each number
beside it.
)";

const char* const kModelIntroduction = R"(
## Model shapes

`--model NAME` selects a built-in shape ({models}), `--model FILE.yaml` your own file with these keys. By default, `name` is
the name of the file and `head_dim` is `hidden / heads`.

| Key | Values | Meaning |
|---|---|---|
)";

std::string code(const std::vector<std::string>& names) {
  return fmt::format("`{}`", fmt::join(names, "`, `"));
}

const char* const kOtherMachine = R"(
# machine: {machine}

The default `base` of a file with `machine: {machine}` is `{root}`, which gives the source of each number beside it.
)";

/// Returns one table per section for a preset's keys.
std::string keysOf(const char* preset) {
  std::string page;
  Config config = loadPreset(preset);
  std::string open = "none";
  for (const auto& field : configSchema(config)) {
    if (field.section() != open) {
      open = field.section();
      page += fmt::format("\n## {}\n\n| Key | `{}` | Values | Meaning |\n|---|---|---|---|\n",
                          open.empty() ? "top level" : open, preset);
    }
    page += fmt::format("| `{}` | {} | {} | {} |\n", field.leaf(), field.text(), field.expectation(),
                        field.meaning);
  }
  return page;
}

}  // namespace

std::string configurationMarkdown() {
  std::string page = fmt::format(kIntroduction, fmt::arg("default", kDefaultPreset),
                                 fmt::arg("presets", code(presetNames())));
  page += keysOf(kDefaultPreset);
  for (const MachineKind kind : {MachineKind::kFpga, MachineKind::kPhone}) {
    page += fmt::format(kOtherMachine, fmt::arg("machine", machineNames()[static_cast<std::size_t>(kind)]),
                        fmt::arg("root", rootPreset(kind)));
    page += keysOf(rootPreset(kind));
  }
  page += fmt::format(kModelIntroduction, fmt::arg("models", code(modelNames())));
  ModelShape shape;
  for (const auto& field : modelSchema(shape)) {
    page += fmt::format("| `{}` | {} | {} |\n", field.key, field.expectation(), field.meaning);
  }
  return page;
}

}  // namespace pim::platform
