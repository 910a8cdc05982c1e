/* SPDX-License-Identifier: Apache-2.0 */
/* A secured packet meets the card: the checks in their order, the script, the proof of receipt. Pure but for
 * the card (station 10, the card's half). [TS 102 225 5; TS 102 226 5] */
#ifndef LAB_UICC_SIM_OTA_H
#define LAB_UICC_SIM_OTA_H

#include "card/card.h"
#include "uicc/packet/scp80.h"
#include "uicc/sim/quirk.h"
#include "uicc/script/script.h"

/* What the packet met and what came of it. Holds key material: wipe with ota_result_wipe. */
struct ota_result {
    enum por_status status;
    bool answerable; /* the header could be read, so a response can be built */
    struct scp80_command command;
    struct scp80_keys keys;
    bool pad_80;
    uint8_t data[SCRIPT_MAX_ANSWER];
    size_t data_len;
};

/* Takes a packet (from CPL on; it is deciphered in place) through header, TAR, security level, ciphering,
 * checksum, counter and execution. `proactive` and its closure serve immediate actions of scripts. */
struct ota_door {
    struct card *card;
    const struct uicc_quirks *quirks;
    struct script_chain chain;
    bool (*proactive)(void *closure, const uint8_t *tlvs, size_t n);
    void *closure;
};

void ota_process(struct ota_door *door, uint8_t *packet, size_t n, struct ota_result *out);

/* True when SPI2 asks for a response to this status. */
bool ota_wants_por(const struct ota_result *r);
/* Builds the response packet with UDH: the result itself, or (interim) status 0B without data. Room
 * POR_OVERHEAD + SCRIPT_MAX_ANSWER. */
size_t ota_build_por(const struct ota_result *r, bool interim, uint8_t *out);
void ota_result_wipe(struct ota_result *r);

/* The counter rule of SPI1 b5b4; updates `*stored` when the packet passes. `jump`: mode 01 stores too. */
enum por_status ota_check_counter(uint8_t spi1, uint64_t received, uint64_t *stored, bool jump);
/* True when SPI1 reaches the minimum security level. */
bool ota_level_reached(uint8_t spi1, uint8_t msl);

#endif
