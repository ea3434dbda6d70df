package io.bulkhead.console.demo;

/**
 * One line of the demonstration's result.
 *
 * @param subject partition, and what about it
 * @param asked what the definition says
 * @param kernel what the kernel says
 * @param measured what was seen from inside
 * @param held whether all of it agrees
 */
record Line(String subject, String asked, String kernel, String measured, boolean held) {}
