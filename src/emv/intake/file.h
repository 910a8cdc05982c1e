/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An issuer's file of cards, line by line: CSV with a heading, or lines of named fields and prepared
 * groupings as personalisation files have them. Station 1. Pure but for the JSON it returns. [RFC 4180; EMV
 * CPS 1.1 annex A; docs/personalisation.md]
 *
 *   csv: service,iccid,pan,psn,expiry,effective,service_code,cardholder
 *   cps: service=NAME|iccid=8949..|pan=54..|..|transport_key=NAME|DGI 0101=HEX|ENC 8400=HEX
 */
#ifndef TSM_EMV_INTAKE_FILE_H
#define TSM_EMV_INTAKE_FILE_H

#include <jansson.h>

#include "base/bytes.h"

enum {
    ISSUER_LINE_MAX = 8192,
    ISSUER_COLUMNS_MAX = 24,
    ISSUER_NAME_MAX = 24,
    ISSUER_VALUE_MAX = 1024,
    ISSUER_REF_MAX = 64,
};

/* The heading of a CSV file: which field each column is, and what stands between them (base/csv/csv.h). */
struct issuer_head {
    size_t n;
    char separator;
    char column[ISSUER_COLUMNS_MAX][ISSUER_NAME_MAX + 1];
};
/* UNKNOWN_FIELD, DUPLICATE_TAG, MISSING_FIELD for a heading without service, pan or an element; TOO_LONG. */
enum tsm_err issuer_head_read(struct bytes line, struct issuer_head *out);

/* One card: for whom and what, and the record as the intake key's owner reads it (emv/perso/intake.h), which
 * is not judged here. `record` is owned by the caller (json_decref) and holds card data. */
struct issuer_row {
    char service[ISSUER_REF_MAX + 1], se_kind[ISSUER_NAME_MAX + 1], se_ref[ISSUER_REF_MAX + 1];
    json_t *record;
};
/* A line without its end. BAD_FORM for quotes that do not close or a control character, BAD_LENGTH for
 * another number of columns than the heading has, MISSING_FIELD, UNKNOWN_FIELD, DUPLICATE_TAG, TOO_LONG. No
 * cause shows what stands in a line. */
enum tsm_err issuer_csv_read(const struct issuer_head *head, struct bytes line, struct issuer_row *out);
enum tsm_err issuer_cps_read(struct bytes line, struct issuer_row *out);

#endif
