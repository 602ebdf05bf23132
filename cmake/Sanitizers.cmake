# TIDEGATE_SANITIZE: empty, "address" (with undefined behaviour) or "thread". For everything that is linked.
set(TIDEGATE_SANITIZE "" CACHE STRING "address, thread or empty")
if(TIDEGATE_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TIDEGATE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
