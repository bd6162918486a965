# pim_embed_text(target namespace function files): adds a generated source to `target` that defines
# `const std::vector<platform::BuiltinFile>& namespace::function()` of platform/config/builtin.h with the text of the
# files.
function(pim_embed_text target namespace function files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedTextScript.cmake)
  # A list cannot pass through a command line as it is: the separator is swapped on the way.
  list(JOIN files "|" joined)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${namespace} -DFUNCTION=${function} "-DFILES=${joined}" -P ${script}
    DEPENDS ${files} ${script}
    VERBATIM)
  # A library of a web page is a longer string than clang expects anyone to write.
  set_source_files_properties(${out} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${target} PRIVATE ${out})
endfunction()
