# tidegate_debug_file(<program>): moves its debug information into <program>.debug beside it, where debuggers find it by
# the program's .gnu_debuglink. Optimised builds alone: the others are not installed.
function(tidegate_debug_file program)
  find_program(OBJCOPY NAMES objcopy REQUIRED)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    return()
  endif()
  set(debug "$<TARGET_FILE:${program}>.debug")
  add_custom_command(TARGET ${program} POST_BUILD
    COMMAND "${OBJCOPY}" --only-keep-debug --compress-debug-sections $<TARGET_FILE:${program}> ${debug}
    COMMAND "${OBJCOPY}" --strip-debug --add-gnu-debuglink=${debug} $<TARGET_FILE:${program}>
    BYPRODUCTS ${program}.debug VERBATIM)
endfunction()
