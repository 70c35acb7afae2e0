// What goes on, live: whoever watches gets it whole, then each change; it connects again by itself.

import { LATER, Line } from "./connection.js";
import { tell } from "./notice.js";

/** Watch what is told at an address; `refused(error)` is called where it is not. The result ends it. */
export function watch(path, message, refused = tell) {
  let line = null;
  let timer = 0;
  let told = "";

  const connect = () => {
    line = new Line(path, null, {
      open: () => (told = ""),
      message,
      closed: (error) => {
        if (error && error.code !== told) refused(error);
        told = error?.code ?? "";
        if (LATER.includes(told)) timer = setTimeout(connect, 1000 * (error.retryAfter ?? 3));
      },
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    line.close();
  };
}

/** Watch the home: `changed(home, device)` with the device's id, or null if all may have changed;
 * `agenda(agenda, home)` with what is pending. The result ends it. */
export function watchHome(changed, agenda = () => null) {
  let home = { floors: [], areas: [], devices: [] };
  return watch("/v1/home", (message) => {
    if (message.type === "home") {
      home = message;
      changed(home, null);
    } else if (message.type === "device") {
      const device = home.devices.find(({ id }) => id === message.device);
      if (!device) return;
      device.state = message.state;
      changed(home, device.id);
    } else if (message.type === "agenda") agenda(message, home);
  });
}
