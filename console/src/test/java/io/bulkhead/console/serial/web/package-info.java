/** Tests of the WebSocket, its tickets and the page, without a browser. */
@NullMarked
package io.bulkhead.console.serial.web;

import org.jspecify.annotations.NullMarked;
