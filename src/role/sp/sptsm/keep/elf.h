/* SPDX-License-Identifier: Apache-2.0 */
/* What a CAP file says of itself: the automatic attributes of a load file and its modules. Stations 2 and 4.
 * Role, without I/O. [TR-03165 4.1.4.8 to 4.1.4.11] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_ELF_H
#define TSM_ROLE_SP_SPTSM_KEEP_ELF_H

#include "gp/cap/cap.h"
#include "role/sp/sptsm/model/entity.h"

/* Sets aid, type, packageName, importedPackages, packageVersion, technicalRequirements. NO_MEMORY. */
enum tsm_err elf_describe(const struct cap *cap, json_t *elf);

/* The name that follows the package in the header [JCVM 6.4]; where there is none (CAP 2.1), its AID in hex.
 */
enum { ELF_NAME_ROOM = 256 };
void elf_package_name(const struct cap *cap, char out[ELF_NAME_ROOM]);

#endif
