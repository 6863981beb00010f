import { type Answer, type Connection, openConnection } from '../../generator/connection.ts';

/** A few kept-alive connections that requests use in turn. A lost one is opened again, to the API's current address. */
export type Senders = { send(request: string): Promise<Answer>; close(): void };

export function openSenders(port: () => number, connectionsMax: number): Senders {
  const idle: Connection[] = [];
  const waiting: ((connection: Connection | undefined) => void)[] = [];
  let open = 0;
  let isClosed = false;

  const take = async (): Promise<Connection> => {
    const ready = idle.pop();
    if (ready?.isOpen) return ready;
    if (ready !== undefined) open -= 1;
    if (open < connectionsMax) {
      open += 1;
      return openConnection(port()).catch((error: unknown) => {
        open -= 1;
        throw error;
      });
    }
    const given = await new Promise<Connection | undefined>((resolve) => waiting.push(resolve));
    return given ?? take();
  };
  const give = (connection: Connection): void => {
    if (!connection.isOpen || isClosed) {
      connection.close();
      open -= 1;
      waiting.shift()?.(undefined);
      return;
    }
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  };
  return {
    send: async (request) => {
      const connection = await take();
      try {
        return await connection.send(request);
      } catch (error) {
        connection.close();
        throw error;
      } finally {
        give(connection);
      }
    },
    close: () => {
      isClosed = true;
      for (const connection of idle) connection.close();
    },
  };
}
