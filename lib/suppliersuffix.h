/* suppliersuffix: the legal forms and few other words that names write in several ways, and the one
 * short form of each. Version 1 (TOC_FOLD_VERSION): a change here changes what names meet, so it
 * needs a new version, the table in PROTOCOL.md and new vectors. cmake/SupplierSuffix.cmake refuses
 * a form listed twice.
 *
 * Forms are as folded so far: lower case, single spaces; and of several words as the words before
 * them in the table leave them ("public limited company" is "public ltd co" by then). "cbc", "ccc"
 * and "pac" are left out on purpose: they are Welsh legal forms, but also Caerphilly County Borough
 * Council and the like. */
#ifndef TOC_SUPPLIERSUFFIX_H
#define TOC_SUPPLIERSUFFIX_H

/* One word, anywhere: "Acme Limited (UK)" is written "Acme Ltd (UK)" too. */
#define TOC_SUPPLIER_WORDS(SUFFIX)                                                                 \
    SUFFIX("limited", "ltd")                                                                       \
    SUFFIX("cyf", "ltd")                                                                           \
    SUFFIX("cyfyngedig", "ltd")                                                                    \
    SUFFIX("company", "co")                                                                        \
    SUFFIX("cwmni", "co")                                                                          \
    SUFFIX("incorporated", "inc")                                                                  \
    SUFFIX("corporation", "corp")                                                                  \
    SUFFIX("unlimited", "unltd")

/* Several words, anywhere. */
#define TOC_SUPPLIER_PHRASES(SUFFIX)                                                               \
    SUFFIX("private ltd co", "ltd")                                                                \
    SUFFIX("public ltd co", "plc")                                                                 \
    SUFFIX("co ltd cyhoeddus", "plc")                                                              \
    SUFFIX("ltd liability partnership", "llp")                                                     \
    SUFFIX("partneriaeth atebolrwydd ltd", "llp")                                                  \
    SUFFIX("ltd partnership", "lp")                                                                \
    SUFFIX("ltd liability co", "llc")                                                              \
    SUFFIX("community interest co", "cic")                                                         \
    SUFFIX("co buddiant cymunedol", "cic")                                                         \
    SUFFIX("charitable inc organisation", "cio")                                                   \
    SUFFIX("charitable inc organization", "cio")                                                   \
    SUFFIX("scottish cio", "scio")                                                                 \
    SUFFIX("co op", "coop")                                                                        \
    SUFFIX("co operative", "cooperative")

/* Written as letters apart at the end of a name: "B & Q P.L.C." */
#define TOC_SUPPLIER_LETTERS(SUFFIX)                                                               \
    SUFFIX("ltd")                                                                                  \
    SUFFIX("plc")                                                                                  \
    SUFFIX("llp")                                                                                  \
    SUFFIX("llc")                                                                                  \
    SUFFIX("cic")                                                                                  \
    SUFFIX("cio")                                                                                  \
    SUFFIX("lp")

#endif
