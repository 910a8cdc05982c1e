/* SPDX-License-Identifier: Apache-2.0 */
/* The upgrade of an executable load file whose applications keep their data (stations 6 and 10, the card's
 * side); pure; GPCS Amendment H, MANAGE ELF UPGRADE. The coding was taken from public clients of the command;
 * phases that a card may be interrupted in (10 to 60) do not occur here, because each command is done as a
 * whole. */
#ifndef LAB_CARD_UPGRADE_UPGRADE_H
#define LAB_CARD_UPGRADE_UPGRADE_H

#include "card/model/model.h"

#define INS_MANAGE_ELF_UPGRADE 0xEA

/* Session status, tag 90. */
enum upgrade_status {
    UPGRADE_NONE = 0x00,
    UPGRADE_COMPLETED = 0x01,
    UPGRADE_WAITS_FOR_ELF = 0x02,
    UPGRADE_WAITS_FOR_RESTORE = 0x03,
    UPGRADE_RESTORE_FAILED = 0x04
};

uint16_t sd_manage_elf_upgrade(struct job *j);
/* A load file has been registered: when a session waits for it, its applications can be restored. */
void upgrade_loaded(struct card *c, struct elf *e);
/* True while an upgrade waits for a load file of this name: it may be loaded though instances exist. */
bool upgrade_awaits(const struct card *c, const struct aid *elf);

#endif
