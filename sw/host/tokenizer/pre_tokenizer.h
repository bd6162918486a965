#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace pim::host {

/// The rule by which byte-level BPE cuts text into words before it merges within them.
enum class PreTokenizer {
  Gpt2,    ///< 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  Llama3,  ///< contractions in any case, punctuation with its newlines, groups of three digits
  SmolLm   ///< every digit alone; Gpt2 for the text between digits
};

/// Returns the rule that GGUF's tokenizer.ggml.pre names; nothing for unknown names.
std::optional<PreTokenizer> preTokenizerNamed(std::string_view name);

/// Cuts valid UTF-8 into words that together are the text. The classes \p{L}, \p{N} and \s of the patterns,
/// and the case folding of contractions, follow ICU's version of Unicode; nothing else differs from the
/// original patterns.
std::vector<std::string_view> splitWords(std::string_view text, PreTokenizer how);

}  // namespace pim::host
