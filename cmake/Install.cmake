include(CMakePackageConfigHelpers)

install(EXPORT corticoil_targets NAMESPACE corticoil:: FILE corticoil-targets.cmake DESTINATION lib/cmake/corticoil)
configure_package_config_file(
    cmake/corticoil-config.cmake.in ${PROJECT_BINARY_DIR}/corticoil-config.cmake INSTALL_DESTINATION lib/cmake/corticoil
)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/corticoil-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/corticoil-config.cmake ${PROJECT_BINARY_DIR}/corticoil-config-version.cmake
              cmake/FindCHOLMOD.cmake DESTINATION lib/cmake/corticoil)
install(FILES LICENSE DESTINATION share/doc/corticoil)
