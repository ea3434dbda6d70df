package io.bulkhead.contract.partition;

import java.util.Optional;

/**
 * One line of a grant with its evidence from the kernel.
 *
 * @param resource what it is about
 * @param promised the amount, as text with unit
 * @param readBack what the kernel says now, in the same form; the kernel's error where it cannot be read
 * @param strength how strongly it is held on this host
 * @param held whether the kernel agrees with the promise
 * @param evidence the kernel's file that was read
 * @param reason why it does not hold, or the exception that the strength has here
 */
public record Promise(
        Resource resource,
        String promised,
        String readBack,
        Strength strength,
        boolean held,
        String evidence,
        Optional<String> reason) {}
