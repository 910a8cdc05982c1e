/* SPDX-License-Identifier: Apache-2.0 */
/* The error categories of the administration interface and their texts. Station 2. Role, without I/O.
 * [TR-03165 4.1.5.1, 4.1.5.2] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_REFUSAL_H
#define TSM_ROLE_SP_SPTSM_MODEL_REFUSAL_H

#include "base/json.h"

/* Name, category, HTTP status, text; each % stands for the next parameter. The texts are those of the TR,
 * which repeats no full stop: reasons are given without one. */
#define TR_CATEGORIES(X)                                                                                \
    X(NOT_AUTHENTICATED, 1000, 401, "Not authenticated.")                                               \
    X(AUTHENTICATION_FAILED, 1001, 401, "Authentication failed.")                                       \
    X(INVALID_REQUEST, 1002, 400, "Invalid request: %.")                                                \
    X(AUTOMATIC, 1003, 400,                                                                             \
      "Create failed: attribute % not allowed for POST. It is automatically assigned when created.")    \
    X(MISSING_FOR_POST, 1004, 400, "Create failed: attribute % is missing, but it is mandatory for %.") \
    X(NOT_EDITABLE, 1005, 400,                                                                          \
      "Modify failed: attribute % not allowed for PUT. Attribute cannot be modified after creation.")   \
    X(MISSING_FOR_PUT, 1006, 400, "Modify failed: attribute % is missing, but it is mandatory for %.")  \
    X(UNKNOWN, 1007, 400, "Unknown: \u2018%\u2019 is not a valid attribute.")                           \
    X(INVALID_FORMAT, 1008, 400, "Invalid format \u2018%\u2019 for %. Supported format is %.")          \
    X(NOT_EXISTING, 1009, 400, "Not existing: % with id \u2018%\u2019 does not exist.")                 \
    X(REFERENCED, 1010, 400, "Delete failed: % is referenced in %.")                                    \
    X(MISSING_FILE, 1011, 400, "Upload failed: missing file.")                                          \
    X(TOO_MANY_FILES, 1012, 400,                                                                        \
      "Upload failed: too many files provided. Method supports uploading one file.")                    \
    X(FILE_TYPE, 1013, 400, "Upload failed: invalid file type. Supported file types are [%].")          \
    X(FILE_SIZE, 1014, 400, "Upload failed: %MB exceeds maximum upload file size of %MB.")              \
    X(PUBLISHED, 1015, 400,                                                                             \
      "Already Published: % cannot be modified. It is already published via Flavor identifier "         \
      "\u2018%\u2019.")                                                                                 \
    X(CONSTRAINTS, 1016, 400,                                                                           \
      "Technical constraints failed: minimal % version not supported by SecureComponentProfile.")       \
    X(INTERNAL, 2000, 500, "Internal server error: %.")

enum tr_category {
    TR_NO_REFUSAL,
#define X(name, number, status, text) TR_##name,
    TR_CATEGORIES(X)
#undef X
        TR_CATEGORY_COUNT
};

enum {
    REFUSAL_TEXT_MAX = 255, /* characters of errorMessage [TR-03165 4.1.4.19] */
    REFUSAL_VALUE_MAX = 64, /* bytes that are shown of a parameter that comes from outside */
    REFUSAL_FORM_MAX = 80,  /* of a form that a value should have had */
    REFUSAL_REASON_MAX = 200
};

/* The one error that a request is answered with. */
struct refusal {
    enum tr_category category;
    char text[4 * REFUSAL_TEXT_MAX + 1];
};

/* Sets category and text and returns BAD_VALUE, so that `return refuse(..)` reads well. Parameters may be
 * NULL where the text has fewer; long ones are cut. */
enum tsm_err refuse(struct refusal *r, enum tr_category category, const char *a, const char *b,
                    const char *c);
/* A file of so many octets is longer than SPTSM_FILE_MAX: 1014. */
enum tsm_err refuse_size(struct refusal *r, uint64_t octets);
/* An error that no rule of the interface has told: 2000. */
void refuse_internal(struct refusal *r, enum tsm_err e);
int refusal_number(enum tr_category category);
int refusal_status(enum tr_category category);
/* GeneralError; owned by the caller, NULL without memory. */
json_t *refusal_json(const struct refusal *r);

#endif
