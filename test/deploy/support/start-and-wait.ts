import { startServices } from '../../../deploy/local/services/start-services.ts';

/**
 * A launcher for the tests to kill: starts services in the given folder, prints their addresses, and waits for ever.
 */
const [folder = ''] = process.argv.slice(2);
const services = await startServices({ dataFolder: folder, ports: 'free', durable: true });
process.send?.(services.addresses);
setInterval(() => {}, 60_000);
