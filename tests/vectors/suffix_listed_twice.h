/* What cmake/SupplierSuffix.cmake must refuse: "limited" has two meanings here. */
#define TOC_SUPPLIER_SUFFIXES(SUFFIX)                                                              \
    SUFFIX("ltd", "ltd")                                                                           \
    SUFFIX("limited", "ltd")                                                                       \
    SUFFIX("limited", "lp")
