/* sim_disk: the disk of one simulated member. SQLite's files in memory, behind SQLite's own file
 * interface (as the default VFS, so that the daemon's gathering of WAL frames is above it). What
 * was written counts only once it was synced: when the power goes, what was not synced is there,
 * lost or torn, in any order, write by write; of a disk that lied about its syncs the newest writes
 * are gone, from some moment on. One thread; one connection a file. */
#ifndef TOC_SIM_DISK_H
#define TOC_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

struct sim_disk;

enum sim_disk_fault {
    SIM_DISK_FINE = 0,
    SIM_DISK_FAILS, /* writes, syncs, truncations and reads are errors */
    SIM_DISK_SHORT, /* half of a write arrives, and it is an error; so are syncs */
    SIM_DISK_FULL,  /* no file grows */
    SIM_DISK_LIES,  /* syncs are said to be done, and are not, until it is put right */
};

/* An empty disk, always fine until armed. `seed` decides what is left by a cut. */
struct sim_disk *sim_disk_new(uint64_t seed);
/* Nothing may be open on it. */
void sim_disk_free(struct sim_disk **disk);
/* The store's folder. */
const char *sim_disk_folder(const struct sim_disk *disk);

/* After `after` more calls, the next `calls` calls meet it. A disk that lies does so from now on.
 */
void sim_disk_arm(struct sim_disk *disk, enum sim_disk_fault fault, unsigned after, unsigned calls);
/* Faults happen only between these: what the checks read is not theirs to meet. */
void sim_disk_live(struct sim_disk *disk, bool live);
/* How many calls have failed so far. */
unsigned sim_disk_failed(const struct sim_disk *disk);
/* Are there writes that were said to be synced, and are not? */
bool sim_disk_owes(const struct sim_disk *disk);
/* The disk writes all that it holds back, and lies no more. */
void sim_disk_honest(struct sim_disk *disk);

/* The power goes: whoever has files open gets errors until they are closed; then sim_disk_boot. */
void sim_disk_cut(struct sim_disk *disk);
/* The machine is on again: the files are as the disk left them. */
void sim_disk_boot(struct sim_disk *disk);

/* An independent copy of what is synced; the disk is put back to it, nothing being open. The caller
 * frees the copy. */
struct sim_disk *sim_disk_copy(const struct sim_disk *disk);
void sim_disk_put_back(struct sim_disk *disk, const struct sim_disk *copy);

#endif
