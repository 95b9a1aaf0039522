using Broadside.Connections;
using Broadside.Groups;

namespace Broadside;

/// <summary>
/// A set of connections that follow a state rather than a stream: of each key they get the newest record only. A member that lags
/// holds no memory however far it lags, so nobody is ever disconnected for it.
/// </summary>
/// <remarks>
/// Made by <see cref="RecordEngine.CreateLatestGroup"/>. Every member is safe for use from any thread. Dispose it when it is no
/// longer needed: it holds the newest record of every key.
/// </remarks>
public sealed class LatestGroup : IDisposable
{
    private readonly LatestQueue _queue;
    private readonly EngineCore _core;

    internal LatestGroup(string name, LatestGroupOptions options, EngineCore core)
    {
        Name = name;
        _core = core;
        _queue = new LatestQueue(core.Clock, options.Priority.Value, options.KeepsPlace, options.MaximumKeys);
    }

    /// <summary>The group's name, for logs.</summary>
    public string Name { get; }

    /// <summary>How many members there are.</summary>
    public int Count => _queue.Count;

    /// <summary>How many keys have a record.</summary>
    public int KeyCount => _queue.KeyCount;

    /// <summary>The members now, as a new list.</summary>
    public IReadOnlyList<RecordConnection> Members() =>
        Array.ConvertAll(_queue.Members(), static member => (RecordConnection)member.Transport);

    /// <summary>Adds a member.</summary>
    /// <param name="connection">A connection of the same engine.</param>
    /// <param name="withSnapshot">Whether it gets the newest record of every key first, with no gap between these and what follows.</param>
    /// <returns>False when it is a member, is still leaving or is closed, or the group is disposed.</returns>
    public bool Add(RecordConnection connection, bool withSnapshot = true)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (!ReferenceEquals(connection.Core, _core))
        {
            throw new ArgumentException("The connection belongs to another engine than the group.", nameof(connection));
        }

        return _queue.Add(connection.Outbox, withSnapshot);
    }

    /// <summary>Removes a member at once.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>False when it was none.</returns>
    public bool Remove(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return _queue.Remove(connection.Outbox);
    }

    /// <summary>Removes a member after it was sent what had been set before this call.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Ends when that has been handed to its transport, with false when it was no member.</returns>
    public async Task<bool> RemoveAsync(RecordConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var completion = new LeaveCompletion(_core.NewCompletion());
        if (!_queue.RemoveDrained(connection.Outbox, completion))
        {
            return false;
        }

        await completion.Task.ConfigureAwait(false);
        return true;
    }

    /// <summary>Makes a record the newest of a key and sends it to all members; one of the key that is pending is superseded.</summary>
    /// <param name="key">The key.</param>
    /// <param name="record">The record; the caller keeps the handle.</param>
    /// <exception cref="InvalidOperationException">There are as many keys as there may be.</exception>
    /// <exception cref="ObjectDisposedException">The record's handle is dead, or the group was disposed.</exception>
    public void Set(RecordKey key, Record record)
    {
        if (!record.TryTakeReference(out var body))
        {
            Record.ThrowDead();
        }

        var taken = false;
        try
        {
            taken = _queue.TrySet(key, body);
        }
        finally
        {
            if (!taken)
            {
                body.Release();
            }
        }

        ObjectDisposedException.ThrowIf(!taken, this);
    }

    /// <summary>Forgets a key: members that have not begun its record do not get it.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when it had no record.</returns>
    public bool Unset(RecordKey key) => _queue.TryRemove(key);

    /// <summary>Ends the group: its members leave at once and its records are let go of. May be called again.</summary>
    public void Dispose() => _queue.Close();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Count} members, {KeyCount} keys)";
}
