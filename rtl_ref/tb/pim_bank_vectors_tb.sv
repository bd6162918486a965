// Plays transactions of `pimtlm-cosim bank --vectors` (docs/rtl_vectors.md) to pim_bank: +vectors=FILE. Every DRAM command and its cycle, refusals,
// the cycle of done, BRAM and cells have to be what the file says. Needs $sscanf alone, so it runs in Icarus as well.
module pim_bank_vectors_tb;
  localparam int Columns = 32768;  // of the cells, at most
  localparam int Logged = 65536;   // DRAM commands not yet compared, at most

  // ---- wires and pins
  logic clk, bus_clk, rst_n;
  logic [4:0] bank;
  logic [5:0] mac_beat;
  logic [21:0] bram_bytes;
  logic [31:0] bmem_bytes;
  logic [11:0] t_rcd_read, t_rcd_mac, t_rcd_write, t_rp, t_ras, t_rc, t_ccd, t_wr, t_rtp, t_rfc;
  logic [27:0] t_refi, refresh_first, refresh_postpone;
  logic refresh_enable, two_buffers;
  logic [3:0] column_bits;
  logic bus_valid, bus_ready, bus_we, bus_rvalid, busy, done, error, refresh, col_valid, wdata_valid;
  logic [21:0] bus_addr;
  logic [31:0] bus_be, wdata_mask;
  logic [255:0] bus_wdata, bus_rdata, rdata, wdata;
  logic [1:0] act, pre, col_kind;
  logic [25:0] act_row0, act_row1, col_row;
  logic [14:0] col_index;
  pim_bank dut (
      .clk_i(clk), .rst_ni(rst_n), .bank_i(bank), .mac_beat_i(mac_beat), .bram_bytes_i(bram_bytes), .bmem_bytes_i(bmem_bytes),
      .t_rcd_read_i(t_rcd_read), .t_rcd_mac_i(t_rcd_mac), .t_rcd_write_i(t_rcd_write), .t_rp_i(t_rp), .t_ras_i(t_ras), .t_rc_i(t_rc),
      .t_ccd_i(t_ccd), .t_wr_i(t_wr), .t_rtp_i(t_rtp), .t_rfc_i(t_rfc), .t_refi_i(t_refi), .refresh_first_i(refresh_first),
      .refresh_postpone_i(refresh_postpone), .refresh_enable_i(refresh_enable), .two_buffers_i(two_buffers), .column_bits_i(column_bits),
      .bus_clk_i(bus_clk), .bus_valid_i(bus_valid), .bus_ready_o(bus_ready), .bus_we_i(bus_we), .bus_addr_i(bus_addr), .bus_be_i(bus_be),
      .bus_wdata_i(bus_wdata), .bus_rvalid_o(bus_rvalid), .bus_rready_i(1'b1), .bus_rdata_o(bus_rdata), .busy_o(busy), .done_o(done),
      .error_o(error), .act_o(act), .act_row0_o(act_row0), .act_row1_o(act_row1), .pre_o(pre), .ref_o(refresh), .col_valid_o(col_valid),
      .col_kind_o(col_kind), .col_row_o(col_row), .col_index_o(col_index), .rdata_i(rdata), .wdata_valid_o(wdata_valid),
      .wdata_mask_o(wdata_mask), .wdata_o(wdata)
  );

  integer file, line, commands, compared, i;
  task fail(input [8*40-1:0] what, input [255:0] expected, input [255:0] got);
    begin
      $display("pim_bank_vectors_tb: line %0d: %0s: expected %0h, got %0h", line, what, expected, got);
      $finish;
    end
  endtask

  // ---- what the bank did, until the file asks
  integer cycle;
  integer dram_in, dram_out, done_in, done_out, write_in, write_out;
  integer dram_cycle[0:Logged-1];
  logic [2:0] dram_kind[0:Logged-1];
  logic [25:0] dram_row[0:Logged-1];
  logic [14:0] dram_column[0:Logged-1];
  integer done_cycle[0:63];
  logic done_error[0:63];
  integer write_column[0:255];
  logic [25:0] open0, open1;
  task log(input [2:0] kind, input [25:0] row, input [14:0] column);
    begin
      dram_cycle[dram_in%Logged]  = cycle;
      dram_kind[dram_in%Logged]   = kind;
      dram_row[dram_in%Logged]    = row;
      dram_column[dram_in%Logged] = column;
      dram_in = dram_in + 1;
    end
  endtask

  // ---- the cells
  logic [255:0] cells[0:Columns-1];
  integer at;
  logic [255:0] column_now;

  // One edge of clk_i. Of two commands in a cycle the lower kind comes first, then the lower row.
  task tick;
    begin
      #1;
      if (act == 2'b11 && act_row0 > act_row1) log(3'd0, act_row1, 15'd0);
      if (act[0]) log(3'd0, act_row0, 15'd0);
      if (act[1] && !(act[0] && act_row0 > act_row1)) log(3'd0, act_row1, 15'd0);
      if (pre == 2'b11 && open0 > open1) log(3'd1, open1, 15'd0);
      if (pre[0]) log(3'd1, open0, 15'd0);
      if (pre[1] && !(pre[0] && open0 > open1)) log(3'd1, open1, 15'd0);
      if (col_valid) log({1'b0, col_kind} + 3'd2, col_row, col_index);
      if (refresh) log(3'd5, 26'd0, 15'd0);
      if (act[0]) open0 = act_row0;
      if (act[1]) open1 = act_row1;
      if (done) begin
        done_cycle[done_in%64] = cycle + 1;
        done_error[done_in%64] = error;
        done_in = done_in + 1;
      end
      at = ({6'd0, col_row} << column_bits) + {17'd0, col_index};
      if (col_valid && col_kind == 2'd2) begin
        write_column[write_in%256] = at;
        write_in = write_in + 1;
      end
      if (wdata_valid) begin
        column_now = cells[write_column[write_out%256]];
        for (i = 0; i < 32; i = i + 1) if (wdata_mask[i]) column_now[8*i+:8] = wdata[8*i+:8];
        cells[write_column[write_out%256]] = column_now;
        write_out = write_out + 1;
      end
      column_now = cells[at%Columns];
      if (!(col_valid && col_kind == 2'd1)) column_now = rdata;
      clk = 1'b1;
      #1 rdata = column_now;
      clk   = 1'b0;
      cycle = cycle + 1;
    end
  endtask

  task bus(input we, input [21:0] address, input [31:0] enable, input [255:0] beat);
    begin
      bus_valid = 1'b1;
      bus_we    = we;
      bus_addr  = address;
      bus_be    = enable;
      bus_wdata = beat;
      #1;
      while (!bus_ready) tick;
      bus_clk = 1'b1;
      #1 bus_clk = 1'b0;
      bus_valid = 1'b0;
      #1;
    end
  endtask

  // ---- the file
  reg [8*640-1:0] text;
  reg [8*512-1:0] name;
  integer number, count, kind, row, column, version, patience;
  integer w[0:19];
  logic [255:0] data, kept;
  logic [1023:0] command;
  initial begin
    if (!$value$plusargs("vectors=%s", name)) begin
      $display("pim_bank_vectors_tb: expected +vectors=FILE");
      $finish;
    end
    file      = $fopen(name, "r");
    line      = 0;
    commands  = 0;
    compared  = 0;
    clk       = 1'b0;
    bus_clk   = 1'b0;
    bus_valid = 1'b0;
    bus_we    = 1'b0;
    bus_addr  = '0;
    bus_be    = '0;
    bus_wdata = '0;
    rdata     = '0;
    rst_n     = 1'b1;
    while ($fgets(text, file) != 0) begin
      line = line + 1;
      if ($sscanf(text, "{\"pim_vectors\":%d,\"block\":\"bank\",\"bank\":%d,\"mac_beat\":%d,\"bram_bytes\":%d,\"bmem_bytes\":%d,\"t_rcd_read\":%d,\"t_rcd_mac\":%d,\"t_rcd_write\":%d,\"t_rp\":%d,\"t_ras\":%d,\"t_rc\":%d,\"t_ccd\":%d,\"t_wr\":%d,\"t_rtp\":%d,\"t_rfc\":%d,\"t_refi\":%d,\"refresh_first\":%d,\"refresh_postpone\":%d,\"refresh_enable\":%d,\"two_buffers\":%d,\"column_bits\":%d}",
                  version, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15], w[16], w[17],
                  w[18], w[19]) == 21) begin
        if (version != 1) fail("the version", 1, version);
        if (w[3] > 32 * Columns) fail("bytes of cells at most", 32 * Columns, w[3]);
        bank             = w[0];
        mac_beat         = w[1];
        bram_bytes       = w[2];
        bmem_bytes       = w[3];
        t_rcd_read       = w[4];
        t_rcd_mac        = w[5];
        t_rcd_write      = w[6];
        t_rp             = w[7];
        t_ras            = w[8];
        t_rc             = w[9];
        t_ccd            = w[10];
        t_wr             = w[11];
        t_rtp            = w[12];
        t_rfc            = w[13];
        t_refi           = w[14];
        refresh_first    = w[15];
        refresh_postpone = w[16];
        refresh_enable   = w[17];
        two_buffers      = w[18];
        column_bits      = w[19];
        #1 rst_n = 1'b0;
        #1 rst_n = 1'b1;
        cycle     = 0;
        dram_in   = 0;
        dram_out  = 0;
        done_in   = 0;
        done_out  = 0;
        write_in  = 0;
        write_out = 0;
      end else if ($sscanf(text, "{\"cells\":%d,\"bytes\":%d,\"data\":\"%h\"}", number, count, data) == 3) begin
        cells[number/32] = data;
      end else if ($sscanf(text, "{\"bram\":%d,\"bytes\":%d,\"data\":\"%h\"}", number, count, data) == 3) begin
        for (i = 0; i < 32; i = i + 1) kept[i] = i >= number % 32 && i < number % 32 + count;
        bus(1'b1, 22'h200000 + (number & ~31), kept[31:0], data << (8 * (number % 32)));
      end else if ($sscanf(text, "{\"command\":%d,\"data\":\"%h\"}", number, command) == 2) begin
        if (cycle > number) fail("the cycle before", number, cycle);
        while (cycle < number) tick;
        bus(1'b1, 22'h00, '1, command[255:0]);
        bus(1'b1, 22'h20, '1, command[511:256]);
        bus(1'b1, 22'h40, '1, command[767:512]);
        bus(1'b1, 22'h60, '1, command[1023:768]);
        commands = commands + 1;
      end else if ($sscanf(text, "{\"dram\":%d,\"kind\":%d,\"row\":%d,\"column\":%d}", number, kind, row, column) == 4) begin
        patience = 0;
        while (dram_in == dram_out && patience < 1000000) begin
          tick;
          patience = patience + 1;
        end
        if (dram_in == dram_out) fail("a DRAM command of kind", kind, -1);
        if (dram_kind[dram_out%Logged] != kind) fail("kind of a DRAM command", kind, dram_kind[dram_out%Logged]);
        if (dram_cycle[dram_out%Logged] != number) fail("cycle of a DRAM command", number, dram_cycle[dram_out%Logged]);
        if (dram_row[dram_out%Logged] != row) fail("row", row, dram_row[dram_out%Logged]);
        if (dram_column[dram_out%Logged] != column) fail("column", column, dram_column[dram_out%Logged]);
        dram_out = dram_out + 1;
        compared = compared + 1;
      end else if ($sscanf(text, "{\"done\":%d,\"refused\":%d}", number, kind) == 2) begin
        patience = 0;
        while (done_in == done_out && patience < 10000000) begin
          tick;
          patience = patience + 1;
        end
        if (done_in == done_out) fail("done in cycle", number, -1);
        if (done_error[done_out%64] != kind[0]) fail("refused", kind, done_error[done_out%64]);
        if (kind == 0 && done_cycle[done_out%64] != number) fail("cycle of done", number, done_cycle[done_out%64]);
        done_out = done_out + 1;
      end else if ($sscanf(text, "{\"expect_bram\":%d,\"bytes\":%d,\"data\":\"%h\"}", number, count, data) == 3) begin
        bus(1'b0, 22'h200000 + (number & ~31), '1, '0);
        kept = bus_rdata >> (8 * (number % 32));
        if (count < 32) kept = kept & ((256'd1 << (8 * count)) - 256'd1);
        if (kept !== data) fail("BRAM", data, kept);
      end else if ($sscanf(text, "{\"expect_cells\":%d,\"bytes\":%d,\"data\":\"%h\"}", number, count, data) == 3) begin
        if (cells[number/32] !== data) fail("cells", data, cells[number/32]);
      end else fail("a line of the format", 0, 0);
    end
    $display("pim_bank_vectors_tb: passed, %0d commands, %0d DRAM commands", commands, compared);
    $finish;
  end
endmodule
