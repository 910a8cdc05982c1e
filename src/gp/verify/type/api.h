/* SPDX-License-Identifier: Apache-2.0 */
/* What packages of others export: classes with their parents, members with their tokens and types. From
 * tables in the house for the usual packages, from export files for all others. Station 4. Pure. [JCVM 5] */
#ifndef TSM_GP_VERIFY_TYPE_API_H
#define TSM_GP_VERIFY_TYPE_API_H

#include "base/bytes.h"

enum { API_PACKAGES_MAX = 64, API_CLASSES_MAX = 768, API_MEMBERS_MAX = 6144, API_SUPERS_MAX = 2048 };

enum api_kind {
    API_CONSTRUCTOR = 'c',
    API_STATIC_METHOD = 's',
    API_VIRTUAL_METHOD = 'v', /* of an interface too */
    API_STATIC_FIELD = 'f',
    API_INSTANCE_FIELD = 'i'
};

/* Names and types are spans of the tables or of the export files, which must stay: "javacard/framework/APDU",
 * "([BSB)V". */
struct api_member {
    enum api_kind kind;
    uint8_t token;
    bool is_protected;
    struct bytes type;
};
struct api_class {
    struct bytes name;
    uint8_t package, token;
    bool is_interface, is_final, is_abstract;
    size_t first_member, members, first_super, supers;
};
struct api_package {
    struct bytes aid;
    uint8_t aid_room[16];
};
struct cap_api {
    size_t packages, classes, members, supers;
    struct api_package package[API_PACKAGES_MAX];
    struct api_class class[API_CLASSES_MAX];
    struct api_member member[API_MEMBERS_MAX];
    struct bytes super[API_SUPERS_MAX]; /* names of parents, direct ones at least */
};

/* java.lang first: class 0 of an api is java/lang/Object. */
enum { API_OBJECT = 0 };

/*
 * Starts an api with java.lang; adds the tables of the house for a package, or an export file (format 2.1
 * to 2.3). A package that is there already stays as it is: export files come before the tables. A table of
 * the house that does not exist is no error. TOO_LONG above the limits, BAD_VALUE and what readers say for a
 * bad file.
 */
enum tsm_err api_begin(struct cap_api *api);
enum tsm_err api_add_known(struct cap_api *api, struct bytes aid);
enum tsm_err api_add_file(struct cap_api *api, struct bytes file);

/* Index in api->class, or -1. */
int api_class_by_token(const struct cap_api *api, struct bytes aid, uint8_t token);
int api_class_by_name(const struct cap_api *api, struct bytes name);
bool api_knows(const struct cap_api *api, struct bytes aid);
/* NULL when the class does not declare it; virtual methods are looked for in the parents as well. */
const struct api_member *api_member(const struct cap_api *api, size_t class_index, enum api_kind kind,
                                    uint8_t token);

/* For the tables and the reader of export files. */
enum tsm_err api_put_package(struct cap_api *api, struct bytes aid, uint8_t *index);
enum tsm_err api_put_class(struct cap_api *api, const struct api_class *c);
enum tsm_err api_put_super(struct cap_api *api, struct bytes name);
enum tsm_err api_put_member(struct cap_api *api, const struct api_member *member);

/* One class of the tables: members are words "v1()[B": kind, token, type; '+' before the kind: protected. */
struct api_row {
    uint8_t token;
    const char *flags; /* i interface, f final, a abstract */
    const char *name, *parents, *members;
};
struct api_table {
    const char *aid;
    const struct api_row *row;
};
extern const struct api_row api_lang[], api_framework[], api_security[], api_crypto[];

#endif
