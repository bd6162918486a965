# pim_embed_text(target function files): adds a generated source to `target` that defines
# `const std::vector<BuiltinFile>& function()` of platform/config/builtin.h with the text of the files.
function(pim_embed_text target function files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedTextScript.cmake)
  # A list cannot pass through a command line as it is: the separator is swapped on the way.
  list(JOIN files "|" joined)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DFUNCTION=${function} "-DFILES=${joined}" -P ${script}
    DEPENDS ${files} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
