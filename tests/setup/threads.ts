// Several threads, which get everything that can be handed out, however small.
import { setFusion, setThreads } from "tapegrad";

if ((await setThreads(3)) !== 3) throw new Error("threads: they did not start");
setFusion(0);
