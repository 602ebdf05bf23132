# Compiler options of every target of ours; an interface library, so that nothing third-party inherits them.
add_library(tidegate_settings INTERFACE)
target_compile_options(tidegate_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wno-psabi)  # of no concern where everything is built by one compiler
option(TIDEGATE_WERROR "Warnings are errors" OFF)
if(TIDEGATE_WERROR)
  target_compile_options(tidegate_settings INTERFACE -Werror)
endif()
target_compile_definitions(tidegate_settings INTERFACE
  TIDEGATE_VERSION="${PROJECT_VERSION}"
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
# Enough for a backtrace with inlined calls, files and lines; the values of variables, which optimised code has seldom,
# would take a quarter more processor time. "dev" has them all.
target_compile_options(tidegate_settings INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)
