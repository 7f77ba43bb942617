# Every third-party library, once. Which folder may use which: docs/architecture.md. The installed package finds the
# same ones (cmake/corticoil-config.cmake.in).
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(pugixml 1.13 REQUIRED)
if(CORTICOIL_FUZZ)
    # Single-threaded: what a fuzz target finds must happen again.
    add_library(OpenMP::OpenMP_CXX INTERFACE IMPORTED)
    find_package(VTK 9.1 REQUIRED COMPONENTS CommonCore CommonDataModel IOXML)
    return()
endif()
find_package(OpenMP REQUIRED COMPONENTS CXX)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_package(CHOLMOD REQUIRED)
set(CORTICOIL_VTK_COMPONENTS
    CommonCore CommonDataModel CommonTransforms CommonColor CommonSystem FiltersCore FiltersGeneral FiltersSources
    FiltersModeling FiltersGeometry ImagingCore ImagingColor InteractionStyle IOCore IOImage IOXML RenderingAnnotation RenderingCore
    RenderingFreeType RenderingOpenGL2 RenderingUI)
find_package(VTK 9.1 REQUIRED COMPONENTS ${CORTICOIL_VTK_COMPONENTS})
find_package(CGAL 5.5 REQUIRED)
set(CORTICOIL_ITK_COMPONENTS
    ITKCommon ITKIONIFTI ITKIOImageBase ITKImageGrid ITKImageFunction ITKImageFilterBase ITKSmoothing ITKThresholding
    ITKBinaryMathematicalMorphology ITKMathematicalMorphology ITKConnectedComponents ITKLabelVoting ITKDistanceMap ITKImageIntensity
    ITKImageStatistics ITKImageFeature ITKBiasCorrection ITKRegionGrowing ITKStatistics ITKTransform ITKOptimizersv4 ITKMetricsv4
    ITKRegistrationMethodsv4 ITKImageCompare ITKLabelMap ITKSpatialObjects)
find_package(ITK 5.2 REQUIRED COMPONENTS ${CORTICOIL_ITK_COMPONENTS})
find_package(CLI11 2.1 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
