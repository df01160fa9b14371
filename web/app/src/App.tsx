/** What surrounds every page: language, colours, data, messages, and the table of contents made into a router. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useMemo } from "react";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { Refusal } from "./api/client";
import { LanguageProvider } from "./i18n";
import { pages } from "./pages";
import { Loading } from "./parts/basics";
import { Toasts } from "./parts/toasts";
import { Gate } from "./shell/Gate";
import { Guard, NoPage, PageDefect } from "./shell/Guard";
import { ThemeProvider } from "./shell/theme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused will be refused again.
      retry: (failures, error) => failures < 2 && error instanceof Refusal && error.status >= 502,
    },
  },
});

function makeRouter() {
  return createBrowserRouter([
    {
      path: "/",
      element: <Gate />,
      hydrateFallbackElement: <Loading />,
      errorElement: <PageDefect />,
      children: [
        ...pages.map((page) => ({
          path: page.path,
          errorElement: <PageDefect />,
          lazy: async () => {
            const { Component } = await page.load();
            return {
              Component: () => (
                <Guard page={page}>
                  <Component />
                </Guard>
              ),
            };
          },
        })),
        { path: "*", element: <NoPage /> },
      ],
    },
  ]);
}

export function App() {
  const router = useMemo(makeRouter, []);
  return (
    <LanguageProvider>
      <ThemeProvider>
        <QueryClientProvider client={queries}>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
        </QueryClientProvider>
      </ThemeProvider>
    </LanguageProvider>
  );
}
