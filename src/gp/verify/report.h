/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the applet admission gate and what is found against them: each finding names its rule, the
 * place and what to do. Station 4. Pure. [docs/admission.md] */
#ifndef TSM_GP_VERIFY_REPORT_H
#define TSM_GP_VERIFY_REPORT_H

#include "gp/cap/cap.h"

/*
 * One row a rule: name, stable id, what must hold, what to do when it does not. Ids are never given to
 * another rule. 01 to 19 the components, 20 to 49 the bytecode, 50 and up the admission to an element.
 */
#define CAP_RULES(X)                                                                                         \
    X(FILE, "CAP-01", "the components can be read and agree about their sizes", CONVERT)                     \
    X(HEADER, "CAP-02", "the header has known flags and a package name of its length", CONVERT)              \
    X(DIRECTORY, "CAP-03", "the directory says what the components have", CONVERT)                           \
    X(APPLET, "CAP-04", "each applet has a public static install method of a described class", CONVERT)      \
    X(IMPORT, "CAP-05", "imports are whole, each package once, not the package itself", CONVERT)             \
    X(POOL, "CAP-06", "each constant pool entry refers to something that exists", CONVERT)                   \
    X(CLASS, "CAP-07", "classes are laid out one after the other and their parents exist", CONVERT)          \
    X(TABLE, "CAP-08", "virtual and interface method tables lead to the methods that they name", CONVERT)    \
    X(METHOD, "CAP-09", "methods and handlers fill the method component", CONVERT)                           \
    X(STATIC, "CAP-10", "the static field image has the size and order of its fields", CONVERT)              \
    X(LOCATION, "CAP-11", "the reference locations are the pool operands of the code", CONVERT)              \
    X(EXPORT, "CAP-12", "exported offsets lead to public items", CONVERT)                                    \
    X(DESCRIPTOR, "CAP-13", "the descriptor describes the classes, fields and methods that exist", CONVERT)  \
    X(DEBUG, "CAP-14", "the debug component is whole", CONVERT)                                              \
    X(FORMAT, "CAP-15", "the file is a compact CAP file of format 2.1 to 2.3", COMPACT)                      \
    X(DESCRIBED, "CAP-16", "a descriptor is there, without which no bytecode can be verified", DESCRIBE)     \
    X(OPCODE, "CAP-20", "each instruction exists and may stand in a CAP file", SOURCE)                       \
    X(BRANCH, "CAP-21", "branches lead to instructions of the same method", SOURCE)                          \
    X(END, "CAP-22", "no path runs over the end of a method", SOURCE)                                        \
    X(OVERFLOW, "CAP-23", "the operand stack stays within max_stack", SOURCE)                                \
    X(UNDERFLOW, "CAP-24", "no instruction takes more from the stack than is there", SOURCE)                 \
    X(LOCAL, "CAP-25", "locals stay within nargs and max_locals", SOURCE)                                    \
    X(TYPE, "CAP-26", "operands and locals have the types that the instruction takes", SOURCE)               \
    X(REFERENCE, "CAP-27", "pool operands are of the kind that the instruction takes", SOURCE)               \
    X(ARGUMENT, "CAP-28", "arguments, objects and values fit the member that is used", SOURCE)               \
    X(RESULT, "CAP-29", "what is returned fits the method", SOURCE)                                          \
    X(FRESH, "CAP-30", "objects are constructed once, before they are used", SOURCE)                         \
    X(ARRAY, "CAP-31", "array instructions meet arrays of their kind", SOURCE)                               \
    X(SUBROUTINE, "CAP-32", "ret returns from a subroutine that was entered", SOURCE)                        \
    X(HANDLER, "CAP-33", "exception handlers cover and enter whole instructions of their method", SOURCE)    \
    X(ACCESS, "CAP-34", "private, final and abstract are respected", SOURCE)                                 \
    X(JOIN, "CAP-35", "paths that join have stacks of one depth and kind", SOURCE)                           \
    X(FORGED, "CAP-36", "the type of a pool entry is the type of what it refers to", SOURCE)                 \
    X(EXPORTED, "CAP-37", "the type of an imported member is the one its package exports", SOURCE)           \
    X(UNKNOWN, "CAP-38", "what is used of an imported package is known here", EXPORTS)                       \
    X(EFFORT, "CAP-39", "the package can be verified within the limits of work", SMALLER)                    \
    X(OFFERED, "CAP-50", "the element offers each imported package", ELEMENT)                                \
    X(VERSION, "CAP-51", "the element offers each imported package in this version or a later one", ELEMENT) \
    X(SIZE, "CAP-52", "code and static data fit the memory of the element", SMALLER)                         \
    X(OWNER, "CAP-53", "package and applet AIDs belong to the provider", OWN)                                \
    X(RID, "CAP-54", "applets have the RID of their package", OWN)                                           \
    X(TAKEN, "CAP-55", "no AID is in use by someone else", OWN)                                              \
    X(HASH, "CAP-56", "the hash of the load file is on the allow-list", ALLOW)                               \
    X(INT, "CAP-57", "a package that uses int goes to an element that has it", ELEMENT)

enum cap_rule {
#define X(name, id, holds, advice) CAP_RULE_##name,
    CAP_RULES(X)
#undef X
        CAP_RULE_COUNT
};

const char *cap_rule_id(enum cap_rule rule);    /* "CAP-21" */
const char *cap_rule_holds(enum cap_rule rule); /* what must hold */
const char *cap_rule_advice(enum cap_rule rule);

/* A refused file is harmful or broken; an unproven one could not be judged with what is known here. */
enum cap_level { CAP_REFUSED, CAP_UNPROVEN };
enum { CAP_NOWHERE = -1, CAP_FINDINGS_MAX = 64, CAP_FINDING_TEXT = 160 };

/* Offsets are those of the info item of the component, as the specification counts; CAP_NOWHERE: none. */
struct cap_place {
    int component; /* enum cap_tag; 0: the file */
    int32_t offset, method, pc;
};
struct cap_finding {
    enum cap_rule rule;
    enum cap_level level;
    struct cap_place at;
    char text[CAP_FINDING_TEXT];
};
struct cap_report {
    size_t findings;          /* kept; */
    size_t refused, unproven; /* met, kept or not */
    struct cap_finding finding[CAP_FINDINGS_MAX];
};

/* Adds a finding; the same rule at the same place once. cap_refuse leaves the id and the text as the cause of
 * a failure; CAP_REFUSE is that failure, so that `return CAP_REFUSE(...)` reads well. */
void cap_refuse(struct cap_report *r, enum cap_rule rule, const struct cap_place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void cap_unproven(struct cap_report *r, enum cap_rule rule, const struct cap_place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define CAP_REFUSE(...) (cap_refuse(__VA_ARGS__), TSM_BAD_VALUE)

#endif
