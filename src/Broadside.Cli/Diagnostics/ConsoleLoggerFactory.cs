using Microsoft.Extensions.Logging;

namespace Broadside.Cli.Diagnostics;

/// <summary>Loggers that write a line for each event, at or above a level.</summary>
/// <param name="least">The level.</param>
/// <param name="writeLine">Where lines go; called by one thread at a time.</param>
/// <param name="timeProvider">What stamps them.</param>
internal sealed class ConsoleLoggerFactory(LogLevel least, Action<string> writeLine, TimeProvider timeProvider) : ILoggerFactory
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one place that log lines go to.");

    public void Dispose()
    {
    }

    private void Write(string category, LogLevel level, EventId id, string message, Exception? exception)
    {
        var line = $"{timeProvider.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Name(level)} {category}[{id.Id}] {message}";
        lock (_gate)
        {
            writeLine(exception is null ? line : line + Environment.NewLine + exception);
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class LineLogger(ConsoleLoggerFactory factory, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= factory.Least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                factory.Write(category, logLevel, eventId, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel Least => least;
}
