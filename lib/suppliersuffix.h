/* suppliersuffix: the legal forms that end an organisation's name, and the one short form of each.
 * Version 1 (TOC_FOLD_VERSION): a change here changes what names meet, so it needs a new version,
 * the table in PROTOCOL.md and new vectors. cmake/SupplierSuffix.cmake refuses a form listed twice.
 *
 * Forms are as folded: lower case, single spaces, dotted abbreviations as letters apart. "cbc",
 * "ccc" and "pac" are left out on purpose: they are Welsh legal forms, but also Caerphilly County
 * Borough Council and the like. */
#ifndef TOC_SUPPLIERSUFFIX_H
#define TOC_SUPPLIERSUFFIX_H

#define TOC_SUPPLIER_SUFFIXES(SUFFIX)                                                              \
    SUFFIX("ltd", "ltd")                                                                           \
    SUFFIX("l t d", "ltd")                                                                         \
    SUFFIX("limited", "ltd")                                                                       \
    SUFFIX("private limited company", "ltd")                                                       \
    SUFFIX("cyf", "ltd")                                                                           \
    SUFFIX("cyfyngedig", "ltd")                                                                    \
    SUFFIX("plc", "plc")                                                                           \
    SUFFIX("p l c", "plc")                                                                         \
    SUFFIX("public limited company", "plc")                                                        \
    SUFFIX("public ltd company", "plc")                                                            \
    SUFFIX("public limited co", "plc")                                                             \
    SUFFIX("cwmni cyfyngedig cyhoeddus", "plc")                                                    \
    SUFFIX("llp", "llp")                                                                           \
    SUFFIX("l l p", "llp")                                                                         \
    SUFFIX("limited liability partnership", "llp")                                                 \
    SUFFIX("partneriaeth atebolrwydd cyfyngedig", "llp")                                           \
    SUFFIX("lp", "lp")                                                                             \
    SUFFIX("l p", "lp")                                                                            \
    SUFFIX("limited partnership", "lp")                                                            \
    SUFFIX("cic", "cic")                                                                           \
    SUFFIX("c i c", "cic")                                                                         \
    SUFFIX("community interest company", "cic")                                                    \
    SUFFIX("community interest co", "cic")                                                         \
    SUFFIX("cwmni buddiant cymunedol", "cic")                                                      \
    SUFFIX("cio", "cio")                                                                           \
    SUFFIX("c i o", "cio")                                                                         \
    SUFFIX("charitable incorporated organisation", "cio")                                          \
    SUFFIX("charitable incorporated organization", "cio")                                          \
    SUFFIX("scio", "scio")                                                                         \
    SUFFIX("scottish charitable incorporated organisation", "scio")                                \
    SUFFIX("co", "co")                                                                             \
    SUFFIX("company", "co")                                                                        \
    SUFFIX("cwmni", "co")                                                                          \
    SUFFIX("inc", "inc")                                                                           \
    SUFFIX("incorporated", "inc")                                                                  \
    SUFFIX("corp", "corp")                                                                         \
    SUFFIX("corporation", "corp")                                                                  \
    SUFFIX("unltd", "unltd")                                                                       \
    SUFFIX("unlimited", "unltd")                                                                   \
    SUFFIX("llc", "llc")                                                                           \
    SUFFIX("l l c", "llc")                                                                         \
    SUFFIX("limited liability company", "llc")

#endif
