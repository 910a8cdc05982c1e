/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab handset`: a phone whose GP SERAM Local Agent carries APDUs between a server and its element. Edge.
 */
#ifndef LAB_HANDSET_HANDSET_H
#define LAB_HANDSET_HANDSET_H

/* Exit status: see enum agent_end in agent.h; 2 usage. */
int handset_main(int argc, char **argv);

#endif
