"""The search box: how what is typed becomes ranges of one index, and those the people it may mean."""
