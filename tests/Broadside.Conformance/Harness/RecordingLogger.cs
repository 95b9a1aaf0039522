using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Broadside.Conformance.Harness;

/// <summary>Remembers which events were logged.</summary>
public sealed class RecordingLogger(Action signal) : ILogger
{
    private readonly ConcurrentDictionary<int, int> _counts = new();

    public int Count(int eventId) => _counts.GetValueOrDefault(eventId);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _counts.AddOrUpdate(eventId.Id, 1, static (_, count) => count + 1);
        signal();
    }
}
