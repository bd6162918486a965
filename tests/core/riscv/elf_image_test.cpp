#include "core/riscv/elf_image.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/core/riscv/elf_writer.h"

namespace {

using namespace pim::riscv;
using namespace pim::riscv::test;

const std::string kCode("\x13\x00\x00\x00\x73\x00\x10\x00", 8);

std::string goodFile() {
  return elfFile(0x80000000, {{0x80000000, kCode, 0}, {0x80020000, "data", 0x100}},
                 {{"second", 0x80000004, 4}, {"first", 0x80000000, 4}});
}

void expectRefused(const std::string& file, const std::string& mention) {
  try {
    parseElf(file, "a.elf");
    FAIL() << "accepted; expected a complaint about " << mention;
  } catch (const pim::UserError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.rfind("a.elf: ", 0), 0u) << text;
    EXPECT_NE(text.find(mention), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

std::string changed16(std::size_t at, std::uint32_t value) {
  std::string file = goodFile();
  set16(file, at, value);
  return file;
}
std::string changed32(std::size_t at, std::uint32_t value) {
  std::string file = goodFile();
  set32(file, at, value);
  return file;
}

TEST(ElfImage, HoldsSegmentsAndFunctionsByAddress) {
  const ElfImage image = parseElf(goodFile(), "a.elf");
  EXPECT_EQ(image.entry, 0x80000000u);
  ASSERT_EQ(image.segments.size(), 2u);
  EXPECT_EQ(image.segments[0].bytes, kCode);
  EXPECT_EQ(image.segments[1].bytes, "data");
  EXPECT_EQ(image.segments[1].memoryBytes, 0x100u);
  ASSERT_EQ(image.functions.size(), 2u);
  EXPECT_EQ(functionAt(image, 0x80000002)->name, "first");
  EXPECT_EQ(functionAt(image, 0x80000004)->name, "second");
  EXPECT_EQ(functionAt(image, 0x80000008), nullptr);
  EXPECT_EQ(functionAt(image, 0), nullptr);
}

TEST(ElfImage, AStrippedFileHasNoFunctions) {
  EXPECT_TRUE(parseElf(elfFile(0x1000, {{0x1000, kCode, 0}}), "a.elf").functions.empty());
}

TEST(ElfImage, RefusesWhatIsNoProgramForRv32) {
  expectRefused("", "expected an ELF file");
  expectRefused("#!/bin/sh", "expected an ELF file");
  expectRefused(changed16(kElfClass, 0x0102), "class 2");
  expectRefused(changed16(kElfClass, 0x0201), "little-endian");
  expectRefused(changed16(kElfMachine, 62), "machine 62");
  expectRefused(changed16(kElfType, 1), "type 1");
  expectRefused(changed32(kElfFlags, 0x3), "ilp32");
  expectRefused(changed16(kElfProgramCount, 0), "program headers");
  expectRefused(changed16(kElfProgramBytes, 56), "got 56");
}

TEST(ElfImage, RefusesWhatLeadsOutOfTheFile) {
  const std::string file = goodFile();
  for (std::size_t bytes = 4; bytes < file.size(); ++bytes) {
    EXPECT_THROW(parseElf(file.substr(0, bytes), "a.elf"), pim::UserError) << bytes << " bytes";
  }
  expectRefused(changed32(kElfProgramOffset, 0xFFFFFFF0), "program headers");
  expectRefused(changed32(kElfFirstProgram + 4, 0xFFFFFFFF), "segments");
  expectRefused(changed32(kElfSectionOffset, 0xFFFFFFFF), "section headers");
  expectRefused(changed16(kElfSectionBytes, 39), "sections of 39");
}

TEST(ElfImage, RefusesSegmentsThatMakeNoSense) {
  expectRefused(changed32(kElfFirstProgram + 16, 0x200), "more bytes in the file");
  expectRefused(changed32(kElfFirstProgram + 32 + 8, 0xFFFFFF80), "last address");
  expectRefused(changed32(kElfFirstProgram + 32 + 8, 0x80000007), "overlap");
  expectRefused(changed32(kElfFirstProgram + 20, 0x20001), "overlap");
  expectRefused(changed32(kElfEntry, 0x80000008), "entry");
  expectRefused(changed32(kElfEntry, 0x80000001), "entry");
  EXPECT_NO_THROW(parseElf(changed32(kElfFirstProgram + 20, 0x20000), "a.elf")) << "side by side";
}

TEST(ElfImage, RefusesFilesThatCannotBeRead) {
  EXPECT_THROW(readElf("/nowhere/at.elf"), pim::UserError);
  EXPECT_THROW(readElf("/"), pim::UserError);
}

}  // namespace
