#include "sw/host/tokenizer/tokenizer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sw/host/tokenizer/pre_tokenizer.h"
#include "sw/host/tokenizer/score_tokenizer.h"
#include "tests/sw/host/test_files.h"
#include "tests/sw/host/tokenizer_files.h"

namespace pim::host::test {
namespace {

using Ids = std::vector<uint32_t>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// ---- UTF-8 -----------------------------------------------------------------------------------------------

TEST(Utf8, OverlongSurrogatesAndTooLargeAreInvalid) {
  for (const char* bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\x80", "\xC3("}) {
    EXPECT_EQ(validUtf8Prefix(std::string("ab") + bad), 2u) << bad;
  }
  for (const char32_t c : {U'a', U'\u00E4', U'\u20AC', U'\U0001F600', U'\U0010FFFF'}) {
    const std::string text = toUtf8(c);
    EXPECT_EQ(utf8Step(text).codePoint, c);
    EXPECT_EQ(utf8Step(text).size, text.size());
  }
}

TEST(Utf8, StreamHoldsBackCharactersThatAreNotWhole) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("a\xF0\x9F"), "a");
  EXPECT_EQ(stream.push("\x98"), "");
  EXPECT_EQ(stream.push("\x80z"), "\U0001F600z");
  EXPECT_EQ(stream.push("\xE2\x82"), "");
  EXPECT_EQ(stream.push("x"), "\uFFFDx");
  EXPECT_EQ(stream.push("\xE2"), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.finish(), "");
}

// ---- Words of byte-level BPE -----------------------------------------------------------------------------

std::string split(std::string_view text, PreTokenizer how) {
  std::string joined;
  for (const std::string_view word : splitWords(text, how))
    joined += (joined.empty() ? "" : "|") + std::string(word);
  return joined;
}

TEST(PreTokenizer, Llama3Words) {
  const auto words = [](std::string_view text) { return split(text, PreTokenizer::Llama3); };
  EXPECT_EQ(words("Hello world"), "Hello| world");
  EXPECT_EQ(words("12345678"), "123|456|78");
  EXPECT_EQ(words("I'M we'Ll it's"), "I|'M| we|'Ll| it|'s");
  EXPECT_EQ(words("a  b"), "a| | b");
  EXPECT_EQ(words("a\n\n  b\t"), "a|\n\n| | b|\t");
  EXPECT_EQ(words("  \n  x"), "  \n| | x");
  EXPECT_EQ(words("foo(bar);\n\nx"), "foo|(bar|);\n\n|x");
  EXPECT_EQ(words(" \u00E4\u00F6\u00FC\u00DF!?"), " \u00E4\u00F6\u00FC\u00DF|!?");
  EXPECT_EQ(words("\u4F60\u597D\u3001\u0663\u0664"), "\u4F60\u597D|\u3001|\u0663\u0664");
  EXPECT_EQ(words(" 42 +7"), " |42| +|7");
  EXPECT_EQ(words("end  "), "end|  ");
}

TEST(PreTokenizer, Gpt2Words) {
  const auto words = [](std::string_view text) { return split(text, PreTokenizer::Gpt2); };
  EXPECT_EQ(words("I'M we'll 12345 x"), "I|'|M| we|'ll| 12345| x");
  EXPECT_EQ(words("a\n\n  b"), "a|\n\n | b");
  EXPECT_EQ(split("a  12", PreTokenizer::SmolLm), "a|  |1|2");
  EXPECT_EQ(words(""), "");
}

// ---- Scored vocabularies ---------------------------------------------------------------------------------

std::vector<ScoredPiece> abcPieces() {
  std::vector<ScoredPiece> pieces = {
      {"<unk>", 0, PieceKind::Unknown}, {"<s>", 0, PieceKind::Control}, {"</s>", 0, PieceKind::Control}};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    pieces.push_back({fmt::format("<0x{:02X}>", byte), 0, PieceKind::Byte});
  }
  // 259...
  for (const char* text : {" ", "a", "b", "c", "ab", "bc", " a", "abc"}) {
    pieces.push_back({text, -static_cast<float>(pieces.size() - 259), PieceKind::Normal});
  }
  return pieces;
}

ScoreTokenizer abcTokenizer() {
  ScoreTokenizerSettings settings;
  settings.bos = 1;
  settings.eos = {2};
  settings.unknown = 0;
  return ScoreTokenizer(abcPieces(), settings);
}

TEST(ScoreTokenizer, BestScoreMergesFirst) {
  const ScoreTokenizer t = abcTokenizer();
  // " abc": "ab" (-4) before "bc" (-5) before " a" (-6); then "abc" (-7).
  EXPECT_EQ(t.encode("abc"), (Ids{1, 259, 266}));
  EXPECT_EQ(t.encode("a"), (Ids{1, 265}));
  EXPECT_EQ(t.encode(""), (Ids{1}));
  EXPECT_EQ(t.encode("a", {false, false}), (Ids{265}));
}

TEST(ScoreTokenizer, OfEqualScoresTheLeftmostMergesFirst) {
  auto pieces = abcPieces();
  pieces.push_back({"aa", -1.0f, PieceKind::Normal});
  ScoreTokenizerSettings settings;
  settings.spacePrefix = false;
  const ScoreTokenizer t(std::move(pieces), settings);
  EXPECT_EQ(t.encode("aaa"), (Ids{267, 260}));
}

TEST(ScoreTokenizer, CharactersWithoutATokenBecomeBytes) {
  const ScoreTokenizer t = abcTokenizer();
  EXPECT_EQ(t.encode("\u00E4"), (Ids{1, 259, 3 + 0xC3, 3 + 0xA4}));
  EXPECT_EQ(t.decode(t.encode("a\u00E4b")), "a\u00E4b");
}

TEST(ScoreTokenizer, ControlTokensAreMatchedOnlyWhenAskedFor) {
  const ScoreTokenizer t = abcTokenizer();
  EXPECT_EQ(t.encode("a</s>b", {true, true}), (Ids{1, 265, 2, 259, 261}));
  EXPECT_EQ(t.decode(t.encode("a</s>b")), "a</s>b");
  EXPECT_EQ(t.piece(2), "");
}

TEST(ScoreTokenizer, StreamGivesWholeCharactersAndDropsOnlyTheSpaceOfTheStart) {
  const ScoreTokenizer t = abcTokenizer();
  TokenStream start(t, false), later(t, true);
  EXPECT_EQ(start.push(1), "");
  EXPECT_EQ(start.push(265), "a");
  EXPECT_EQ(start.push(265), " a");
  EXPECT_EQ(start.push(3 + 0xC3), "");
  EXPECT_EQ(start.push(3 + 0xA4), "\u00E4");
  EXPECT_EQ(later.push(265), " a");
}

TEST(Tokenizer, InvalidUtf8IsRefused) {
  EXPECT_EQ(userError([] { abcTokenizer().encode("ab\xFFzz"); }), "text: invalid UTF-8 at byte 2");
}

TEST(Tokenizer, TheLongestSpecialTokenWins) {
  auto pieces = abcPieces();
  for (const char* text : {"<x>", "<x><y>", "<x"}) pieces.push_back({text, 0, PieceKind::UserDefined});
  ScoreTokenizerSettings settings;
  settings.spacePrefix = false;
  const ScoreTokenizer t(std::move(pieces), settings);
  EXPECT_EQ(t.encode("<x><y>a<x>b<xc"), (Ids{268, 260, 267, 261, 269, 262}));
}

TEST(Tokenizer, AControlTokenThatIsNotAskedForHidesNoShorterOne) {
  auto pieces = abcPieces();
  pieces.push_back({"<x>", 0, PieceKind::UserDefined});
  pieces.push_back({"<x>a", 0, PieceKind::Control});
  ScoreTokenizerSettings settings;
  settings.spacePrefix = false;
  const ScoreTokenizer t(std::move(pieces), settings);
  EXPECT_EQ(t.encode("<x>a"), (Ids{267, 260}));
  EXPECT_EQ(t.encode("<x>a", {true, true}), (Ids{268}));
}

// ---- llama2.c --------------------------------------------------------------------------------------------

TEST(Llama2cTokenizer, DamageIsRefused) {
  const auto error = [](const Bytes& b) {
    return userError([&] { llama2cTokenizer({b.get().data(), b.get().size()}, "tok.bin"); });
  };
  Bytes good;
  good.put<uint32_t>(5);
  for (const char* name : {"<unk>", "\n<s>\n", "\n</s>"}) {
    const std::string text(name);
    good.put(0.0f).put(static_cast<uint32_t>(text.size())).raw(text);
  }
  EXPECT_EQ(error(good), "");
  Bytes longToken = good;
  longToken.put(0.0f).put<uint32_t>(6).raw("abcdef");
  EXPECT_EQ(error(longToken), "tok.bin: token 3: expected at most 5 bytes, found 6");
  Bytes cut = good;
  cut.put(0.0f).put<uint32_t>(4).raw("abc");
  EXPECT_TRUE(contains(error(cut), "tok.bin: token 3: expected 4 bytes"));
  Bytes nan = good;
  nan.put(NAN).put<uint32_t>(0);
  EXPECT_TRUE(contains(error(nan), "expected a finite score"));
  Bytes few;
  few.put<uint32_t>(5);
  EXPECT_TRUE(contains(error(few), "at least 3 tokens"));
}

// ---- Byte-level BPE --------------------------------------------------------------------------------------

std::shared_ptr<const Tokenizer> tokenizerOf(const GgufWriter& w) {
  const auto bytes = w.bytes();
  return ggufTokenizer(GgufFile({bytes.data(), bytes.size()}, "t.gguf"));
}

TEST(BytePairTokenizer, MergesInTheOrderTheyWereLearnt) {
  const auto t = tokenizerOf(byteLevelGguf("llama-bpe"));
  EXPECT_EQ(t->encode("lower"), (Ids{262, 259}));
  EXPECT_EQ(t->encode("low wer", {false, false}), (Ids{257, 260, 258}));
  EXPECT_EQ(t->encode("lol", {false, false}), (Ids{256, 'l'}));
}

TEST(BytePairTokenizer, Llama3TakesWholeWordsThatAreTokens) {
  EXPECT_EQ(tokenizerOf(byteLevelGguf("llama-bpe"))->encode("xyz", {false, false}), (Ids{261}));
  EXPECT_EQ(tokenizerOf(byteLevelGguf("gpt-2"))->encode("xyz", {false, false}), (Ids{'x', 'y', 'z'}));
}

TEST(BytePairTokenizer, EveryTextComesBack) {
  const auto t = tokenizerOf(byteLevelGguf("llama-bpe"));
  std::string all;
  for (char32_t c = 0; c < 0x3000; ++c) all += toUtf8(c);
  EXPECT_EQ(t->decode(t->encode(all)), all);
}

TEST(BytePairTokenizer, ControlTokens) {
  const auto t = tokenizerOf(byteLevelGguf("llama-bpe"));
  EXPECT_EQ(t->encode("lo<|eot_id|>", {true, true}), (Ids{262, 256, 263}));
  EXPECT_GT(t->encode("lo<|eot_id|>").size(), 5u);
  EXPECT_EQ(t->eos(), (Ids{263}));
  EXPECT_EQ(t->bos(), 262u);
  EXPECT_EQ(t->piece(263), "");
}

TEST(BytePairTokenizer, LongWordsTakeNoQuadraticTime) {
  // A million merges one at a time over a vector would take minutes.
  const auto t = tokenizerOf(byteLevelGguf("llama-bpe"));
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "lo";
  EXPECT_EQ(t->encode(text, {false, false}), Ids(200000, 256));
}

TEST(GgufTokenizer, DamageIsRefusedByKey) {
  const auto error = [](const GgufWriter& w) { return userError([&] { tokenizerOf(w); }); };
  EXPECT_TRUE(contains(error(GgufWriter()), "tokenizer.ggml.model: expected"));
  EXPECT_TRUE(contains(error(byteLevelGguf("qwen2")), "tokenizer.ggml.pre: expected llama-bpe"));
  GgufWriter twice;
  twice.text("tokenizer.ggml.model", "gpt2")
      .text("tokenizer.ggml.pre", "gpt-2")
      .texts("tokenizer.ggml.tokens", {"a"});
  twice.texts("tokenizer.ggml.merges", {});
  EXPECT_TRUE(contains(error(twice), "no token for the byte 0x00"));
  GgufWriter scores;
  scores.text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", {"a", "b"});
  EXPECT_TRUE(contains(error(scores), "tokenizer.ggml.scores: expected 2 numbers"));
  scores.array<float>("tokenizer.ggml.scores", 6, {0.0f, INFINITY});
  EXPECT_TRUE(contains(error(scores), "tokenizer.ggml.scores: expected finite numbers"));
  GgufWriter ids;
  ids.text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", {"a", "b"});
  ids.array<float>("tokenizer.ggml.scores", 6, {0.0f, 0.0f}).number("tokenizer.ggml.bos_token_id", 2);
  EXPECT_TRUE(contains(error(ids), "tokenizer.ggml.bos_token_id: expected a token id under 2, found 2"));
}

TEST(GgufTokenizer, AMergeOfUnknownTokensIsRefused) {
  for (const char* merge : {"l q", "lo", "", " ", "l o w"}) {
    std::vector<std::string> tokens;
    for (uint32_t b = 0; b < 256; ++b) tokens.push_back(spelling(b));
    GgufWriter w;
    w.text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "gpt-2")
        .texts("tokenizer.ggml.tokens", tokens);
    w.texts("tokenizer.ggml.merges", {merge});
    EXPECT_TRUE(contains(userError([&] { tokenizerOf(w); }), "entry 0 does not merge two tokens")) << merge;
  }
}

// ---- SentencePiece files, and one vocabulary in three formats --------------------------------------------

Ids readIds(const std::string& path) {
  std::ifstream in(path);
  Ids ids;
  for (std::string id; std::getline(in, id, ',');) ids.push_back(static_cast<uint32_t>(std::stoul(id)));
  return ids;
}

TEST(SharedTokenizer, GgufLlama2cAndSentencePieceAgreeOnEveryText) {
  SKIP_WITHOUT_SHARED_MODELS();
  TemporaryFolder folder;
  const std::string ggufPath = sharedModels() + "/stories260K-f32.gguf";
  const GgufFile gguf(std::make_shared<const MappedFile>(ggufPath));
  const auto own = loadTokenizer(ggufPath);
  const auto legacy = loadTokenizer(sharedModels() + "/tok512.bin");
  const auto library = loadTokenizer(folder.write("tokenizer.model", sentencePieceModel(gguf)));
  const auto sample = readAll(sharedModels() + "/tinystories_sample.txt");
  const std::string text(sample.begin(), sample.end());
  std::vector<std::string> texts = {
      text,     "",         " ", "  two  spaces ", "tabs\tand\nlines\n\n", "\u00C4\u20AC\U0001F600 1234",
      "zzzqqq", "caf\u00E9"};
  for (size_t from = 0; from + 40 < text.size(); from += 37) {
    std::string part = text.substr(from, 40);
    texts.push_back(part.substr(0, validUtf8Prefix(part)));
  }
  for (const std::string& t : texts) {
    const Ids ids = own->encode(t);
    EXPECT_EQ(ids, library->encode(t)) << '"' << t << '"';
    EXPECT_EQ(ids, legacy->encode(t)) << '"' << t << '"';
    EXPECT_EQ(own->decode(ids), t);
    EXPECT_EQ(legacy->decode(ids), t);
    EXPECT_EQ(library->decode(ids), t);
  }
  EXPECT_EQ(own->vocabSize(), 512u);
  EXPECT_EQ(legacy->vocabSize(), 512u);
  EXPECT_EQ(library->vocabSize(), 512u);
  EXPECT_EQ(library->eos(), own->eos());
}

TEST(SharedTokenizer, TheFirstSentence) {
  SKIP_WITHOUT_SHARED_MODELS();
  const auto t = loadTokenizer(sharedModels() + "/stories260K-f32.gguf");
  // As llama.cpp tokenises it (BOS aside).
  EXPECT_EQ(t->encode("Once upon a time there was a little boy named Ben."),
            (Ids{1, 403, 407, 261, 378, 383, 286, 261, 376, 268, 414, 422, 395, 368, 302, 426}));
}

TEST(SharedTokenizer, TheReferenceContinuationIsText) {
  SKIP_WITHOUT_SHARED_MODELS();
  const auto t = loadTokenizer(sharedModels() + "/stories260K-f32.gguf");
  const Ids ids = readIds(sharedModels() + "/forced.ids");
  const std::string text = t->decode(ids);
  EXPECT_EQ(text.substr(0, 31), "Once upon a time, there was a l");
  EXPECT_EQ(t->encode(text), ids);
}

TEST(SentencePieceTokenizer, GarbageIsRefused) {
  TemporaryFolder folder;
  EXPECT_TRUE(contains(userError([&] { loadTokenizer(folder.write("x.model", "garbage")); }),
                       "expected a SentencePiece model"));
}

}  // namespace
}  // namespace pim::host::test
