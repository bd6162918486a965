#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace pim::host {

/// How byte-level BPE cuts text into words before merging within them.
enum class PreTokenizer {
  Gpt2,    ///< 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  Llama3,  ///< contractions in any case, punctuation with its newlines, digits by three
  SmolLm   ///< every digit alone, Gpt2 between them
};

/// The splitting that GGUF's tokenizer.ggml.pre names; nothing for unknown names.
std::optional<PreTokenizer> preTokenizerNamed(std::string_view name);

/// Cuts valid UTF-8 into words that together are the text. The patterns' classes \p{L}, \p{N} and \s, and the
/// case folding of contractions, are those of ICU's Unicode version; that is the only difference to the
/// original patterns.
std::vector<std::string_view> splitWords(std::string_view text, PreTokenizer how);

}  // namespace pim::host
