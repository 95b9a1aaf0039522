using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// The event readers of the process's channels, by number: a message to another ring carries the number of its channel's, so that one
/// that fails can be replaced, also if its channel has gone meanwhile. Safe for use from any thread.
/// </summary>
internal static class EventReaders
{
    private static readonly Lock Gate = new();
    private static readonly OperationTable Readers = new();

    public static ulong Add(EventReader reader)
    {
        lock (Gate)
        {
            return Readers.Add(reader);
        }
    }

    public static void Remove(ulong key)
    {
        lock (Gate)
        {
            Readers.Remove(key);
        }
    }

    /// <summary>Wakes the channel to which a message has failed.</summary>
    public static void Signal(in CompletionEntry failed)
    {
        lock (Gate)
        {
            (Readers.Find(failed) as EventReader)?.Signal();
        }
    }

    /// <summary>Wakes every channel: for one that does not know whom it had yet to wake.</summary>
    public static void SignalAll()
    {
        lock (Gate)
        {
            foreach (var reader in Readers.Targets())
            {
                ((EventReader)reader).Signal();
            }
        }
    }
}
