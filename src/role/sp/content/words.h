/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a flavor's row, written when it is published and read by orders. Station 4. Role.
 * [TR-03165 4.1.4.4 to 4.1.4.15]
 *
 *   {name, profiles, domain, memory, load_file, load_file_hash, load_files: [{load_file, load_file_hash,
 *    imports: []}],
 *    applications: [{module, instance, privileges, parameters, file, unselectable, becomes_selectable,
 * shared, personalised, attestation, diversification, apdu, nfc}], perso_script, attestation: {tsm, flavor},
 *    key_provisioning: {mode, index}, device_apps: []}
 */
#ifndef TSM_ROLE_SP_CONTENT_WORDS_H
#define TSM_ROLE_SP_CONTENT_WORDS_H

#include <stdbool.h>
#include <string.h>

#include "base/json.h"

#define WORD_PART               "part" /* of an order's progress: which one it is at */
#define WORD_KEPT               "kept" /* of an update's progress: AIDs of load files that stay as they are */
#define WORD_BECOMES_SELECTABLE "becomes_selectable"
#define WORD_PERSONALISED       "personalised" /* the application that card data are for */
#define WORD_ATTESTATION        "attestation"
#define WORD_DIVERSIFICATION    "diversification"
#define WORD_KEY_PROVISIONING   "key_provisioning"
#define WORD_DEVICE_APPS        "device_apps"
#define WORD_BY_APDU            "apdu"
#define WORD_BY_NFC             "nfc"

/* The payment system environment [EMV Book B 3.3]. */
#define PPSE_AID "325041592E5359532E4444463031"
static inline bool is_directory(const json_t *application)
{
    return strcmp(json_member(application, "instance"), PPSE_AID) == 0;
}

#endif
